import type { Scene } from '../test-scene.ts';

/** Makes the engine of a scene what every AWS client of this process speaks to, as `AWS_ENDPOINT_URL` does; undo by disposing. */
export function engineAsAws({ target }: Pick<Scene, 'target'>): Disposable {
  const settings: Record<string, string> = {
    AWS_ENDPOINT_URL: target.endpoint ?? '',
    AWS_ACCESS_KEY_ID: 'AKIASLIPWAYOPERATOR0',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_REGION: target.region ?? '',
  };
  const before = Object.keys(settings).map(name => [name, process.env[name]] as const);
  Object.assign(process.env, settings);
  return {
    [Symbol.dispose]: () => {
      for (const [name, value] of before)
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
    },
  };
}
