import { execFile } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { formatProblem, loadContracts, loadEnvironments } from '@slipway/contract';
import { readCheckout } from '../checkout.ts';
import { examine, type Finding, findingLine } from '../doctor/finding.ts';
import { DEFAULT_PORT, doorsOf, isFree, portOf } from '../doors.ts';
import { type EngineInfo, leftRecord, runningEngine } from '../engine-process.ts';
import { UserError } from '../errors.ts';
import { stateDirectory, workTreeAbove } from '../state-directory.ts';
import type { World } from '../world.ts';

const run = promisify(execFile);
const WANTED_NODE = 24;

export interface DoctorOptions {
  state?: string;
  target?: string;
  profile?: string[];
}

/** `slipway doctor`: looks at everything that a start, or a deployment, needs and says what is missing; 0 when nothing is. */
export async function doctor(world: World, options: DoctorOptions): Promise<number> {
  const findings =
    options.target === 'aws' ? await awsFindings(world, options) : await localFindings(world, options);
  for (const finding of findings) world.say(findingLine(finding));
  const missing = findings.filter(each => each.state === 'missing').length;
  world.say(missing === 0 ? 'Nothing is missing.' : `Missing: ${missing} of ${findings.length}.`);
  return missing === 0 ? 0 : 1;
}

async function awsFindings(world: World, { profile = [] }: DoctorOptions): Promise<Finding[]> {
  const [{ awsAccess }, { examineAws }] = await Promise.all([
    import('../aws/access.ts'),
    import('../doctor/aws.ts'),
  ]);
  return [nodeFinding(world.nodeVersion), ...(await examineAws(world, awsAccess(world, profile)))];
}

async function localFindings(world: World, options: DoctorOptions): Promise<Finding[]> {
  const state = stateDirectory(world.root, world.env, options.state);
  const engine = await runningEngine(state);
  return [
    nodeFinding(world.nodeVersion),
    await examine('git', () => gitFinding(world)),
    await examine('packages', async () => packagesFinding(world.root)),
    await examine('contracts', async () => contractsFinding(world.root)),
    await examine('state', async () => stateFinding(state)),
    engineFinding(engine, { state, left: leftRecord(state) }),
    ...(await examinePorts(world, engine)),
  ];
}

export function nodeFinding(version: string): Finding {
  const major = Number(version.replace(/^v/, '').split('.')[0]);
  if (major >= WANTED_NODE) return { what: 'node', state: 'good', text: version };
  return { what: 'node', state: 'missing', text: `${version}: install Node ${WANTED_NODE} or newer` };
}

export function engineFinding(
  engine: Pick<EngineInfo, 'pid' | 'endpoint' | 'startedAt'> | undefined,
  { state, left }: { state: string; left: boolean },
): Finding {
  const what = 'engine';
  if (engine)
    return {
      what,
      state: 'good',
      text: `process ${engine.pid} at ${engine.endpoint} since ${engine.startedAt}`,
    };
  if (left)
    return {
      what,
      state: 'missing',
      text: `it ended unexpectedly (${join(state, 'engine.log')} says how): npm start brings everything back, npx slipway down cleans up`,
    };
  return { what, state: 'note', text: 'does not run: npm start starts it' };
}

async function gitFinding({ root }: World): Promise<Finding> {
  const { head, uncommitted } = await readCheckout(root);
  const { stdout } = await run('git', ['--version']);
  const version = stdout.trim().replace('git version ', '');
  const open = uncommitted.length ? `, ${uncommitted.length} paths not committed (not released)` : '';
  return {
    what: 'git',
    state: open ? 'note' : 'good',
    text: `${version}, HEAD is ${head.slice(0, 10)}${open}`,
  };
}

function packagesFinding(root: string): Finding {
  const there = existsSync(join(root, 'node_modules', '.package-lock.json'));
  if (there) return { what: 'packages', state: 'good', text: 'installed' };
  throw new UserError('node_modules is not there: npm ci');
}

function contractsFinding(root: string): Finding {
  const { environments } = loadEnvironments(root);
  const { services, problems } = loadContracts(root);
  if (problems.length > 0) throw new UserError(problems.map(formatProblem).join('\n'));
  const names = services.map(each => each.name).join(', ');
  return {
    what: 'contracts',
    state: 'good',
    text: `${names} in ${environments.map(each => each.name).join(', ')}`,
  };
}

function stateFinding(state: string): Finding {
  const tree = workTreeAbove(state);
  if (tree)
    throw new UserError(`${state} lies inside the git work tree ${tree}: choose one outside with --state`);
  let folder = state;
  while (!existsSync(folder)) folder = dirname(folder);
  try {
    accessSync(folder, constants.W_OK);
  } catch {
    throw new UserError(`${folder} cannot be written: choose another state directory with --state`);
  }
  return {
    what: 'state',
    state: 'good',
    text: folder === state ? state : `${state} (made at the first start)`,
  };
}

/** The ports that a start listens on: free, or held by this checkout's own engine. */
async function examinePorts(world: World, engine: EngineInfo | undefined): Promise<Finding[]> {
  const doors = await examine('ports', async () => {
    const names = loadEnvironments(world.root).environments.map(each => each.name);
    const ports = [
      portOf('SLIPWAY_PORT', world.env.SLIPWAY_PORT, DEFAULT_PORT),
      ...doorsOf(names, world.env).flatMap(door => [door.port, door.testPort]),
    ];
    if (engine) return { what: 'ports', state: 'good', text: 'held by the engine and its balancer' };
    const taken: number[] = [];
    for (const port of ports) if (!(await isFree(port))) taken.push(port);
    if (taken.length === 0) return { what: 'ports', state: 'good', text: `${ports.join(', ')} are free` };
    throw new UserError(
      `${taken.join(', ')} in use by other programs: stop them, or set SLIPWAY_PORT or SLIPWAY_<ENVIRONMENT>_PORT`,
    );
  });
  return [doors];
}
