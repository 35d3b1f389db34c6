import { lstatSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** More builds of one project than these seldom run side by side. */
const MOST_TREES = 2;

/**
 * The sources of a project's ended builds, kept for its next one: comparing a thousand files costs a fraction of making
 * them while databases wait for the same disk. A tree is taken and given by one rename each, so a build that is killed
 * leaves none. What a tree holds is not to be believed: the project's builds may have done anything to it.
 */
export class SourceTrees {
  readonly #directory: string;

  /** @param directory the project's own: one project's build must not leave anything to another's */
  constructor(directory: string) {
    this.#directory = directory;
    mkdirSync(directory, { recursive: true, mode: 0o700 });
  }

  /** Moves a tree to `source`, where nothing is; returns whether there is one now. */
  take(source: string): boolean {
    return this.#names().some(name => moved(join(this.#directory, name), source) && isTree(source));
  }

  /** Moves `source` away, unless enough is kept already. `build` is the only one that gives a tree under its name. */
  give(source: string, build: string): void {
    if (this.#names().length < MOST_TREES) moved(source, join(this.#directory, build));
  }

  #names(): string[] {
    return readdirSync(this.#directory);
  }
}

/** A build may have put a link where its sources were. */
function isTree(source: string): boolean {
  if (lstatSync(source).isDirectory()) return true;
  rmSync(source, { force: true });
  return false;
}

/** Whether the move was made; not when another build was faster. */
function moved(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
