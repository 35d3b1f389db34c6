import { lstatSync } from 'node:fs';
import { join } from 'node:path';

/**
 * By which the directories of a tree are known again: inode and change time. A directory's change time moves whenever
 * something in it is added, removed or replaced, or it is moved itself, and no program can set it.
 */
export type Imprint = Record<string, string>;

/** The imprints of `directories` (relative to `root`); one that is not there, or is no directory, has none. */
export function takeImprint(root: string, directories: string[]): Imprint {
  const imprint: Imprint = {};
  for (const directory of directories) {
    const stat = lstatSync(join(root, directory), { bigint: true, throwIfNoEntry: false });
    if (stat?.isDirectory()) imprint[directory] = `${stat.ino} ${stat.ctimeNs}`;
  }
  return imprint;
}
