import { runningEngine } from './engine-process.ts';
import { UserError } from './errors.ts';
import { stateDirectory } from './state-directory.ts';
import type { World } from './world.ts';

/** What every AWS SDK client of a command is made with. Empty = the SDK's own standard environment. */
export interface Target {
  endpoint?: string;
  region?: string;
  credentials?: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
  /** A profile of the user's AWS configuration. */
  profile?: string;
  /** How long to wait between two looks at the same thing, milliseconds, where that is not as usual. */
  pauseMs?: number;
}

export interface TargetOptions {
  state?: string;
  /** `local` (the engine of this checkout) or `aws` (profiles as in any AWS tool). */
  target?: string;
  /** Of AWS: names of profiles, or `<account>=<name>`. */
  profile?: string[];
}

/** An account in a region. */
export interface Spot {
  account: string;
  region: string;
}

/** Where the pipelines are, and every other place. */
export interface Access {
  home: Target;
  at(spot: Spot): Target;
}

/** The target of an operator's command: where the pipelines are. Throws a UserError when the local engine does not run. */
export async function operatorTarget(world: World, options: TargetOptions): Promise<Target> {
  return (await operatorAccess(world, options)).home;
}

/** How an operator's command reaches each place. Throws a UserError when the local engine does not run. */
export async function operatorAccess(world: World, options: TargetOptions): Promise<Access> {
  if (options.target === 'aws') {
    const { awsAccess } = await import('./aws/access.ts');
    return awsAccess(world, options.profile ?? []);
  }
  if (options.target !== undefined && options.target !== 'local') {
    throw new UserError(`--target is "${options.target}": give "local" or "aws".`);
  }
  const engine = await runningEngine(stateDirectory(world.root, world.env, options.state));
  if (!engine)
    throw new UserError('Slipway is not running here: start it with "npm start", or give --target aws.');
  return engineAccess(engine);
}

/** An engine answers for every account and region. */
export function engineAccess(engine: { endpoint: string; region: string }): Access {
  const home = engineTarget(engine);
  return { home, at: ({ region }) => ({ ...home, region }) };
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
  return target.pauseMs ?? (isLocal(target) ? 300 : 5000);
}
