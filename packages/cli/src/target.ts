import { runningEngine } from './engine-process.ts';
import { UserError } from './errors.ts';
import { stateDirectory } from './state-directory.ts';
import type { World } from './world.ts';

/** What every AWS SDK client of a command is made with. Empty = the SDK's own standard environment. */
export interface Target {
  endpoint?: string;
  region?: string;
  credentials?: { accessKeyId: string; secretAccessKey: string };
}

export interface TargetOptions {
  state?: string;
  /** `local` (the engine of this checkout) or `aws` (profile and region as in any AWS tool). */
  target?: string;
}

/** The target of an operator's command. Throws a UserError when the local engine does not run. */
export async function operatorTarget(world: World, options: TargetOptions): Promise<Target> {
  if (options.target === 'aws') return {};
  if (options.target !== undefined && options.target !== 'local') {
    throw new UserError(`--target is "${options.target}": give "local" or "aws".`);
  }
  const engine = await runningEngine(stateDirectory(world.root, world.env, options.state));
  if (!engine)
    throw new UserError('Slipway is not running here: start it with "npm start", or give --target aws.');
  return engineTarget(engine);
}

/** The operator's own access to a local engine, which trusts its machine. */
export function engineTarget(engine: { endpoint: string; region: string }): Target {
  const credentials = { accessKeyId: 'AKIASLIPWAYOPERATOR0', secretAccessKey: 'local' };
  return { endpoint: engine.endpoint, region: engine.region, credentials };
}

/** Whether the target is an engine on this machine, which has an event stream and may be asked often. */
export function isLocal(target: Target): target is Target & { endpoint: string } {
  return target.endpoint !== undefined;
}

/** How long to wait between two looks at the same thing, milliseconds. */
export function pauseOf(target: Target): number {
  return isLocal(target) ? 300 : 5000;
}
