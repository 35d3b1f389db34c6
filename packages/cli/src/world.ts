import { resolve } from 'node:path';
import { createInterface } from 'node:readline';

/** What a command may touch of the process that it runs in; read once, in `main`. */
export interface World {
  env: Record<string, string | undefined>;
  /** The checkout that this CLI is part of. */
  root: string;
  /** Where the command was called. */
  directory: string;
  platform: NodeJS.Platform;
  nodeVersion: string;
  /** Whether standard output is a terminal that can be redrawn. */
  terminal: boolean;
  /** Writes one line to standard output. */
  say(line: string): void;
  /** Writes one line to standard error. */
  complain(line: string): void;
  /** Asks on the terminal; empty when it is left without an answer, undefined where there is no terminal. */
  ask(question: string): Promise<string | undefined>;
  now(): number;
  /** Aborts when the user interrupts the command or nobody reads it any more. */
  interruption(): AbortSignal;
}

export function processWorld(): World {
  return {
    env: process.env,
    root: resolve(import.meta.dirname, '../../..'),
    directory: process.cwd(),
    platform: process.platform,
    nodeVersion: process.version,
    terminal: process.stdout.isTTY === true,
    say: line => process.stdout.write(`${line}\n`),
    complain: line => process.stderr.write(`${line}\n`),
    ask,
    now: Date.now,
    interruption,
  };
}

function ask(question: string): Promise<string | undefined> {
  if (!process.stdin.isTTY || !process.stdout.isTTY) return Promise.resolve(undefined);
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  return new Promise(resolve => {
    terminal.once('SIGINT', () => terminal.close());
    terminal.once('close', () => resolve(''));
    terminal.question(question, answer => {
      resolve(answer);
      terminal.close();
    });
  });
}

function interruption(): AbortSignal {
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, abort);
  process.stdout.once('error', abort);
  return controller.signal;
}

/** Hands a command the world and keeps its exit code. */
export type Run = (command: (world: World) => Promise<number>) => Promise<void>;
