import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { Clone } from './clone.ts';

/** How a command ended. */
export interface Ended {
  code: number | null;
  output: string;
}

/** A program that runs. */
export interface Running {
  child: ChildProcess;
  output(): string;
  ended: Promise<Ended>;
}

/** The CLI of a clone, with a state directory and ports of its own. */
export interface Cli {
  state: string;
  env: Record<string, string>;
  spawn(...args: string[]): Running;
  run(...args: string[]): Promise<Ended>;
}

export async function makeCli(clone: Clone, extra: Record<string, string> = {}): Promise<Cli> {
  const state = join(clone.place, 'state');
  const env = { ...plainEnvironment(clone), ...(await freePorts()), ...extra };
  const spawnCli = (...args: string[]): Running => {
    const program = join(clone.root, 'packages/cli/bin/slipway.js');
    const [verb = '', ...rest] = args;
    const stated = STATED.includes(verb) ? ['--state', state] : [];
    return spawnProgram(process.execPath, [program, verb, ...stated, ...rest], { cwd: clone.root, env });
  };
  return { state, env, spawn: spawnCli, run: (...args) => spawnCli(...args).ended };
}

/** The commands that ask for the state directory. */
const STATED = [
  ...['start', 'down', 'status', 'wait', 'doctor', 'approve', 'reject', 'retry', 'rollback', 'logs'],
  ...['open', 'remove', 'run'],
];

/** Starts a program and keeps what it prints. */
export function spawnProgram(
  program: string,
  args: string[],
  place: { cwd: string; env: Record<string, string> },
): Running {
  const child = spawn(program, args, place);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => (output += chunk));
  const ended = new Promise<Ended>(resolve => child.once('close', code => resolve({ code, output })));
  return { child, ended, output: () => output };
}

/** The process of the engine that runs, or of the one that was killed last. */
export function enginePid({ state }: Pick<Cli, 'state'>): number {
  return (JSON.parse(readFileSync(join(state, 'engine.json'), 'utf8')) as { pid: number }).pid;
}

/** What a user's shell would have and no more. */
function plainEnvironment(clone: Clone): Record<string, string> {
  return { HOME: clone.place, PATH: process.env.PATH ?? '', LANG: 'C.UTF-8', CI: 'true' };
}

/**
 * The lowest port of a block for each of jest's workers, which choose at the same time. Below those that the system gives
 * to outgoing connections (Linux: 32768 and up), which else take the port of an engine that is started again.
 */
const FIRST_PORT = 12_000;
const BLOCK = 2000;
const BLOCKS = 10;

async function freePorts(): Promise<Record<string, string>> {
  const block = FIRST_PORT + BLOCK * (Number(process.env.JEST_WORKER_ID ?? 0) % BLOCKS);
  const taken = new Set<number>();
  const choose = async (): Promise<string> => {
    for (;;) {
      const port = block + randomInt(TEST_LISTENER);
      if (taken.has(port) || !(await canListen(port)) || !(await canListen(port + TEST_LISTENER))) continue;
      taken.add(port);
      return String(port);
    }
  };
  return {
    SLIPWAY_PORT: await choose(),
    SLIPWAY_PRODUCTION_PORT: await choose(),
    SLIPWAY_STAGING_PORT: await choose(),
  };
}

/** How far above an environment's door its test listener is. */
const TEST_LISTENER = 1000;

function canListen(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** The processes whose command line or environment names `text`, seen from outside (Linux's /proc). */
export function processesNaming(text: string): { pid: number; command: string }[] {
  return readdirSync('/proc')
    .filter(entry => /^\d+$/.test(entry) && Number(entry) !== process.pid)
    .flatMap(pid => {
      const command = read(`/proc/${pid}/cmdline`);
      const named = command.includes(text) || read(`/proc/${pid}/environ`).includes(text);
      return named ? [{ pid: Number(pid), command: command.replaceAll('\0', ' ').trim() }] : [];
    });
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
