import { join } from 'node:path';
import { type Environments, findServices, loadEnvironments } from '@slipway/contract';
import { hasRepository } from '../aws/repository.ts';
import { type Checkout, offerRemote, pushedHead, pushHead, readCheckout } from '../checkout.ts';
import { DEFAULT_PORT, type Door, doorsOf, portOf, portsOf, requireFreePorts } from '../doors.ts';
import { balancerRuns, type EngineInfo, runningEngine, startEngine, stopEngine } from '../engine-process.ts';
import { messageOf, UserError } from '../errors.ts';
import { followRelease } from '../follow.ts';
import type { Outcome } from '../outcome.ts';
import { owners } from '../owners.ts';
import { createScreen, type Screen } from '../screen.ts';
import { createStack, stackExists } from '../stack.ts';
import { claimStateDirectory, stateDirectory } from '../state-directory.ts';
import { supervise } from '../supervise.ts';
import { synthesize } from '../synthesis.ts';
import { engineAccess, engineTarget } from '../target.ts';
import { type Verdict, verifyLive } from '../verify.ts';
import type { World } from '../world.ts';
import { printStatus } from './status.ts';

export interface StartOptions {
  once: boolean;
  speed: number;
  runtime: string;
  approve: 'first' | 'all' | 'none';
  state?: string;
  json: boolean;
}

/** Everything that a start needs to know, checked before anything is touched. */
interface Preparation {
  checkout: Checkout;
  environments: Environments;
  doors: Door[];
  state: string;
  port: number;
}

/**
 * `npm start`: brings up the engine, the platform and the first release of every service, and keeps running until
 * Ctrl-C. With `once` it ends when everything is live (0) or cannot be (1). Stops everything that it started.
 */
export async function start(world: World, options: StartOptions): Promise<number> {
  if (options.runtime !== 'process') {
    throw new UserError(`--runtime is "${options.runtime}": only "process" is carried out so far.`);
  }
  const state = stateDirectory(world.root, world.env, options.state);
  const already = await runningEngine(state);
  if (already) return showRunning(world, already);

  const prepared = await prepare(world, state);
  const screen = createScreen(world, { json: options.json });
  const interruption = new AbortController();
  const interrupt = (): void => interruption.abort();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt);
  try {
    const engine = await unlessAborted(bringUp(prepared, options, screen), interruption.signal);
    return await operate(world, { prepared, options, engine, screen, signal: interruption.signal });
  } catch (error) {
    if (interruption.signal.aborted) return 130;
    throw error;
  } finally {
    screen.close();
    if (interruption.signal.aborted) world.complain('Stopping everything that was started …');
    await stopEngine(state);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.off(signal, interrupt);
  }
}

/** A signal that comes when `work` is over. */
function signalOf(work: Promise<void>): AbortSignal {
  const over = new AbortController();
  void work.then(() => over.abort());
  return over.signal;
}

/** Rejects as soon as `signal` comes; what is under way ends with the engine that it talks to. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error('interrupted')), { once: true });
    work.then(resolve, reject);
  });
}

async function showRunning(world: World, engine: EngineInfo): Promise<number> {
  world.say(`Slipway is running already (process ${engine.pid}, since ${engine.startedAt}).`);
  world.say('');
  await printStatus(world, engineAccess(engine));
  world.say('');
  world.say('Stop it with: npx slipway down');
  return 0;
}

/** Checks everything that can be checked beforehand; each fault is one sentence and nothing has happened. */
async function prepare(world: World, state: string): Promise<Preparation> {
  const checkout = await readCheckout(world.root);
  const environments = loadEnvironments(world.root);
  requireOneHome(environments);
  const names = environments.environments.map(environment => environment.name);
  const doors = doorsOf(names, world.env);
  const port = portOf('SLIPWAY_PORT', world.env.SLIPWAY_PORT, DEFAULT_PORT);
  claimStateDirectory(state, world.root);
  await requireFreePorts([{ port, variable: 'SLIPWAY_PORT' }]);
  if (!(await balancerRuns(state))) await requireFreePorts(doors.flatMap(portsOf));
  return { checkout, environments, doors, state, port };
}

/** An engine is one account in one region: what is elsewhere would fail late, in the middle of a release. */
export function requireOneHome({ account, region, environments }: Environments): void {
  const away = environments.filter(place => place.account !== account || place.region !== region);
  if (away.length === 0) return;
  const where = away.map(place => `${place.name} (${place.account}, ${place.region})`).join(', ');
  throw new UserError(
    `pipeline/environments.yaml has places outside ${account} in ${region}, and the engine on this machine carries out one account and one region: ${where}. Leave them out of the commit that you start here, or deploy it to AWS.`,
  );
}

/** Starts the engine and, the first time, makes what the platform pipeline needs to take over. */
async function bringUp(prepared: Preparation, options: StartOptions, screen: Screen): Promise<EngineInfo> {
  const { checkout, environments, state } = prepared;
  if (checkout.uncommitted.length > 0) {
    screen.say(
      `Releasing ${checkout.head.slice(0, 10)} as committed; not in it: ${shortList(checkout.uncommitted)}.`,
    );
  }
  const [engine, assembly] = await Promise.all([
    startEngine(engineOptions(prepared, options)),
    synthesize(checkout.root, join(state, 'assembly')),
  ]);
  screen.say(
    `Engine at ${engine.endpoint}, one minute passes in ${60 / options.speed} s, state in ${state}.`,
  );
  const target = engineTarget(engine);
  const { name: product, repository } = environments;
  const remote = join(state, 'git', `${repository.name}.git`);
  const create = (stack: string): Promise<void> =>
    createStack(target, stack, join(assembly, `${stack}.template.json`));
  if (repository.provider === 'codecommit' && !(await hasRepository(target, repository.name)))
    await create(`${product}-repository`);
  if (!(await stackExists(target, `${product}-tooling`))) await create(`${product}-tooling`);
  await offerRemote(checkout.root, remote);
  if (!(await stackExists(target, `${product}-platform-pipeline`))) {
    await pushHead(checkout.root, remote, repository.branch);
    await create(`${product}-platform-pipeline`);
  } else if ((await pushedHead(checkout.root, remote, repository.branch)) !== checkout.head) {
    const { head } = checkout;
    screen.say(
      `Not released yet: ${head.slice(0, 10)}. Push it with: git push local HEAD:${repository.branch}`,
    );
  }
  return engine;
}

function engineOptions(prepared: Preparation, options: StartOptions) {
  const { checkout, environments, doors, state, port } = prepared;
  const { name: product, account, region, repository } = environments;
  const standsIn = repository.provider === 'codeconnections' && { repository: repository.name };
  return {
    ...standsIn,
    state,
    root: checkout.root,
    port,
    account,
    region,
    speed: options.speed,
    product,
    doors,
  };
}

interface Operation {
  prepared: Preparation;
  options: StartOptions;
  engine: EngineInfo;
  screen: Screen;
  signal: AbortSignal;
}

/** Follows the first release, then keeps the engine running; returns the exit code. */
async function operate(world: World, operation: Operation): Promise<number> {
  const { prepared, options, engine, screen, signal } = operation;
  const target = engineTarget(engine);
  const product = prepared.environments.name;
  const services = findServices(prepared.checkout.root);
  const restart = () => startEngine(engineOptions(prepared, options));
  const leaving = new AbortController();
  const supervised = AbortSignal.any([signal, leaving.signal]);
  const { say } = screen;
  const ended = supervise({
    state: prepared.state,
    engine,
    restart,
    say,
    now: world.now,
    signal: supervised,
  });
  const outcome = await unlessAborted(
    followRelease({
      target,
      product,
      services,
      teamOf: owners(prepared.checkout.root),
      approve: options.approve,
      screen,
      engine,
      signal: AbortSignal.any([signal, signalOf(ended)]),
    }),
    signal,
  );
  const commit = options.once ? { commit: prepared.checkout.head } : {};
  const verdicts = outcome.state === 'LIVE' ? await verifyLive(world, target, { product, ...commit }) : [];
  await tell(world, { operation, outcome, verdicts });
  if (options.once) {
    leaving.abort();
    return outcome.state === 'LIVE' && verdicts.every(verdict => !verdict.fault) ? 0 : 1;
  }
  if (!options.json)
    screen.say(outcome.state === 'LIVE' ? 'Ctrl-C stops everything.' : 'Still running; Ctrl-C stops it.');
  await ended;
  return signal.aborted ? 130 : 1;
}

async function tell(
  world: World,
  { operation, outcome, verdicts }: { operation: Operation; outcome: Outcome; verdicts: Verdict[] },
): Promise<void> {
  const { screen, engine, options } = operation;
  for (const line of outcome.lines) screen.say(line);
  for (const { service, url, fault } of verdicts) {
    screen.say(fault ? `✗ ${service} at ${url}: ${fault}` : `✓ ${service} answers at ${url}`);
  }
  if (options.json) return;
  screen.say('');
  await printStatus({ ...world, say: screen.say }, engineAccess(engine)).catch(error =>
    screen.say(messageOf(error)),
  );
  screen.say('');
}

function shortList(paths: string[]): string {
  const shown = paths.slice(0, 3).join(', ');
  return paths.length > 3 ? `${shown} and ${paths.length - 3} more` : shown;
}
