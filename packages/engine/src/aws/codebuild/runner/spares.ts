import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { Imprint } from './imprint.ts';

/**
 * Trees that ended builds no longer need, kept for the next one: moving a tree and comparing it with its cache entry is
 * several times cheaper than removing 30,000 links and making them again.
 */
export class Spares {
  readonly #directory: string;
  readonly #build: string;

  /** @param directory the cache's; `build` distinguishes what this build has half done */
  constructor(directory: string, build: string) {
    this.#directory = directory;
    this.#build = build;
  }

  /**
   * Moves a spare tree of the entry into the source, if there is one. It may differ from the entry; where it did not
   * when it was restored, it has the imprint that is returned.
   */
  take(entry: string, directories: string[], source: string): Imprint | undefined {
    const claim = join(this.#directory, `claim-${this.#build}`);
    if (!this.#of(entry).some(name => moved(join(this.#directory, name), claim))) return undefined;
    for (const directory of directories) {
      if (existsSync(join(source, directory))) continue;
      mkdirSync(dirname(join(source, directory)), { recursive: true });
      moved(join(claim, TREE, directory), join(source, directory));
    }
    const imprint = readImprint(join(claim, IMPRINT));
    rmSync(claim, { recursive: true, force: true });
    return imprint;
  }

  /** Moves the source's tree away, to be taken by another build. */
  give(entry: string, directories: string[], source: string, imprint: Imprint): void {
    if (this.#all().length >= MOST_SPARES) return;
    const fresh = join(this.#directory, `fresh-${this.#build}`);
    for (const directory of directories) {
      mkdirSync(dirname(join(fresh, TREE, directory)), { recursive: true });
      moved(join(source, directory), join(fresh, TREE, directory));
    }
    writeFileSync(join(fresh, IMPRINT), JSON.stringify(imprint));
    moved(fresh, join(this.#directory, `spare-${entry}-${this.#build}`));
  }

  /** Removes the spares of an entry that is gone. */
  drop(entry: string): void {
    for (const name of this.#of(entry)) rmSync(join(this.#directory, name), { recursive: true, force: true });
  }

  /** Removes what builds that were killed left half done a day ago. */
  sweep(now: number): void {
    for (const name of readdirSync(this.#directory)) {
      const path = join(this.#directory, name);
      const old = (statSync(path, { throwIfNoEntry: false })?.ctimeMs ?? now) < now - DAY_MS;
      if (old && /^(claim|fresh|new|old|gone)-/.test(name)) rmSync(path, { recursive: true, force: true });
    }
  }

  #of(entry: string): string[] {
    return this.#all().filter(name => name.startsWith(`spare-${entry}-`));
  }

  #all(): string[] {
    return readdirSync(this.#directory).filter(name => name.startsWith('spare-'));
  }
}

/** About as many as builds run side by side on a large laptop. */
const MOST_SPARES = 8;
const DAY_MS = 86_400_000;
const TREE = 'tree';
const IMPRINT = 'imprint.json';

/** Nothing is known of a tree without one. */
function readImprint(file: string): Imprint {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Imprint;
  } catch {
    return {};
  }
}

/** Whether the move was made; not when another build was faster. */
function moved(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTEMPTY' || code === 'EEXIST') return false;
    throw error;
  }
}
