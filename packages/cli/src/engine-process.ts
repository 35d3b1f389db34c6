import { execFile, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Door } from './doors.ts';
import { UserError } from './errors.ts';

const run = promisify(execFile);

/** This command line's own program. */
const CLI = fileURLToPath(new URL('../bin/slipway.js', import.meta.url));
const ENGINE = fileURLToPath(import.meta.resolve('@slipway/engine/program'));
/** The engine's record in its state directory. */
const RECORD = 'engine.json';
const START_LIMIT_MS = 20_000;

/** What a running engine writes into its state directory. */
export interface EngineInfo {
  pid: number;
  endpoint: string;
  region: string;
  account: string;
  checkout: string;
  speed: number;
  startedAt: string;
}

export interface EngineOptions {
  state: string;
  root: string;
  port: number;
  account: string;
  region: string;
  speed: number;
  product: string;
  doors: Door[];
  /** A repository that stands in for one behind a connection. */
  repository?: string;
}

/** The engine of this state directory if it answers; undefined otherwise. */
export async function runningEngine(state: string): Promise<EngineInfo | undefined> {
  const file = join(state, RECORD);
  if (!existsSync(file)) return undefined;
  try {
    const info = JSON.parse(readFileSync(file, 'utf8')) as EngineInfo;
    const answer = await fetch(`${info.endpoint}/_slipway/engine`, { signal: AbortSignal.timeout(2000) });
    const told = (await answer.json()) as EngineInfo;
    return told.pid === info.pid ? told : undefined;
  } catch {
    return undefined;
  }
}

/** Starts the engine detached and waits until it answers. Throws a UserError with its last words when it does not. */
export async function startEngine(options: EngineOptions): Promise<EngineInfo> {
  const log = join(options.state, 'engine.log');
  const output = openSync(log, 'a', 0o600);
  const child = spawn(process.execPath, [ENGINE, 'run', ...engineArguments(options)], {
    cwd: options.state,
    detached: true,
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  child.unref();
  let ended = false;
  child.once('exit', () => (ended = true));
  for (let waited = 0; waited < START_LIMIT_MS && !ended; waited += 25) {
    const info = await runningEngine(options.state);
    if (info && info.pid === child.pid) return info;
    await delay(25);
  }
  throw new UserError(`The engine did not start; its log is ${log}:\n${lastLines(log, 8)}`);
}

/** Stops the engine and everything it started: by asking it, or, when it is gone, by the records of its state. */
export async function stopEngine(state: string): Promise<void> {
  const info = await runningEngine(state);
  if (info) {
    await fetch(`${info.endpoint}/_slipway/stop`, { method: 'POST' }).catch(() => undefined);
    for (let waited = 0; waited < 15_000 && isAlive(info.pid); waited += 25) await delay(25);
  }
  if (!existsSync(state)) return;
  await run(process.execPath, [ENGINE, 'reap', '--state', state]);
}

/** Whether a killed engine left its balancer running, which then still holds the doors. */
export async function balancerRuns(state: string): Promise<boolean> {
  if (!leftRecord(state)) return false;
  const { stdout } = await run(process.execPath, [ENGINE, 'list', '--state', state]);
  return stdout.split('\n').includes('balancer');
}

function engineArguments(options: EngineOptions): string[] {
  const listen = options.doors.flatMap(door => [
    ['--listen', `${options.product}-${door.environment}-door:80=${door.port}`],
    ['--listen', `${options.product}-${door.environment}:9080=${door.testPort}`],
  ]);
  return [
    ...['--state', options.state, '--checkout', options.root, '--port', String(options.port)],
    ...['--account', options.account, '--region', options.region, '--speed', String(options.speed)],
    ...listen.flat(),
    ...(options.repository ? ['--repository', options.repository] : []),
    ...followerOf(options.state).map(word => `--follower=${word}`),
  ];
}

/** The command line whose output a push shows; the pushed commit is its last argument. */
function followerOf(state: string): string[] {
  return [process.execPath, CLI, 'follow', '--state', state];
}

/** Whether an engine left its record behind: one that was stopped removes it, one that was killed cannot. */
export function leftRecord(state: string): boolean {
  return existsSync(join(state, RECORD));
}

/** Whether a process of that id runs. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function lastLines(file: string, count: number): string {
  return existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n').slice(-count).join('\n') : '';
}
