import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { delimiter, join } from 'node:path';
import { type Clock, SystemClock } from './core/clock.ts';
import { type Ids, randomIds } from './core/ids.ts';

/** What the engine takes from the machine and the process that it runs in; read once, in `main`. */
export interface Host {
  pid: number;
  clock: Clock;
  ids: Ids;
  /** The Node that runs the engine, builds and tasks. */
  node: { path: string; version: string; arch: string };
  platform: NodeJS.Platform;
  /** Where programs are looked for. */
  path: string;
  /** Builds side by side. */
  concurrency: number;
  /** What builds get of the user's npm: the download cache and the settings with the registry. */
  npm: Record<string, string>;
  log(line: string): void;
}

export function hostOfProcess(): Host {
  const { env } = process;
  const home = env.HOME ?? '';
  const settings = env.npm_config_userconfig ?? join(home, '.npmrc');
  return {
    pid: process.pid,
    clock: new SystemClock(),
    ids: randomIds,
    node: { path: process.execPath, version: process.version, arch: process.arch },
    platform: process.platform,
    path: env.PATH ?? '',
    // Twice the cores: a build often waits.
    concurrency: 2 * availableParallelism(),
    npm: {
      npm_config_cache: env.npm_config_cache ?? join(home, '.npm'),
      ...(existsSync(settings) ? { npm_config_userconfig: settings } : {}),
    },
    log: line => console.log(`${new Date().toISOString()} ${line}`),
  };
}

/** The directory in which `program` is found; undefined when there is none. */
export function directoryOf(program: string, path: string): string | undefined {
  return path.split(delimiter).find(folder => folder && existsSync(join(folder, program)));
}
