import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { messageOf } from './core/errors.ts';
import { listRunning, reapAll } from './runtime/reap.ts';

const USAGE = 'Usage: slipway-engine run --state <dir> [options] | list --state <dir> | reap --state <dir>';

/**
 * `slipway-engine run` serves until it is stopped; `list` names what a killed engine left running, a line each, and
 * `reap` ends it.
 */
export async function main(args: string[]): Promise<number> {
  const [command, ...rest] = args;
  try {
    if (command === 'run') return await run(rest);
    if (command === 'list') return list(rest);
    if (command === 'reap') return await reap(rest);
  } catch (error) {
    console.error(messageOf(error));
    return 1;
  }
  console.error(USAGE);
  return 2;
}

async function run(args: string[]): Promise<number> {
  const { createEngine, hostOfProcess, readOptions } = await loadEngine();
  const options = readOptions(args);
  const stopped = Promise.withResolvers<void>();
  const engine = createEngine(options, hostOfProcess(), () => stopped.resolve());
  const record = join(options.state, 'engine.json');
  await engine.start();
  writeFileSync(`${record}.new`, JSON.stringify(engine.info()), { mode: 0o600 });
  renameSync(`${record}.new`, record);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stopped.resolve());
  // The engine's own timers keep no process alive; this one does, also while everything else is being closed.
  const alive = setInterval(() => {}, 60_000);
  await stopped.promise;
  await engine.stop();
  await reapAll(options.state);
  rmSync(record, { force: true });
  clearInterval(alive);
  return 0;
}

/** Only what runs the engine needs its parts: loading them takes half a second. */
async function loadEngine() {
  const { createEngine } = await import('./engine.ts');
  const { hostOfProcess } = await import('./host.ts');
  const { readOptions } = await import('./options.ts');
  return { createEngine, hostOfProcess, readOptions };
}

function list(args: string[]): number {
  for (const { id } of listRunning(readState(args))) console.log(id);
  return 0;
}

async function reap(args: string[]): Promise<number> {
  const state = readState(args);
  for (const { id, outcome } of await reapAll(state)) {
    if (outcome !== 'gone') console.log(`${id} ${outcome}`);
  }
  rmSync(join(state, 'engine.json'), { force: true });
  return 0;
}

function readState(args: string[]): string {
  const { values } = parseArgs({ args, options: { state: { type: 'string' } } });
  if (!values.state?.startsWith('/')) throw new RangeError('--state must be an absolute path.');
  return values.state;
}
