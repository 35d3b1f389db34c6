import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Health } from './health.ts';
import { parseTable, type RoutingTable } from './table.ts';

/** What the balancer keeps on disk, to serve on after it was killed: without the engine, at once. */
export interface Remembered {
  table?: RoutingTable;
  /** Health by target key. */
  health: Record<string, Health>;
  /** Ports that flexible listeners got, by listener key. */
  ports: Record<string, number>;
}

/** Files in the balancer's directory, each written whole or not at all. */
export class Memory {
  readonly #directory: string;
  readonly #log: (line: string) => void;

  constructor(directory: string, log: (line: string) => void) {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    this.#directory = directory;
    this.#log = log;
  }

  /** What is on disk; a file that cannot be read counts as missing, and the log says so. */
  recall(): Remembered {
    const table = this.#read('table', parseTable);
    return {
      ...(table ? { table } : {}),
      health: this.#read('health', value => value as Record<string, Health>) ?? {},
      ports: this.#read('ports', value => value as Record<string, number>) ?? {},
    };
  }

  keep(name: 'table' | 'health' | 'ports', value: unknown): void {
    const file = join(this.#directory, `${name}.json`);
    try {
      writeFileSync(`${file}.new`, JSON.stringify(value), { mode: 0o600 });
      renameSync(`${file}.new`, file);
    } catch (error) {
      this.#log(`keeping ${file}: ${String(error)}`);
    }
  }

  #read<T>(name: string, check: (value: unknown) => T): T | undefined {
    const file = join(this.#directory, `${name}.json`);
    try {
      return check(JSON.parse(readFileSync(file, 'utf8')));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') this.#log(`reading ${file}: ${String(error)}`);
      return undefined;
    }
  }
}
