import { chmodSync, lstatSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Entry, isDirectory, isLink, pathOf, readContent } from './archive.ts';

/** What is to be in a tree, by path. Links are none of it: they are made anew. */
type Wanted = Map<string, Entry | 'directory'>;

/**
 * Removes from `directory` what is not as the entries of the zip `input` say, whoever changed it and however; returns
 * the entries whose files stay. Bytes are compared and no times, so that nothing has to be believed of a build that was
 * here before. Of directories only names and modes count.
 */
export function keepSame(input: number, entries: Entry[], directory: string): Set<Entry> {
  const kept = new Set<Entry>();
  keepIn(directory, '', wantedOf(entries));
  return kept;

  function keepIn(place: string, path: string, wanted: Wanted): void {
    if (modeOf(place) !== modeOfNew(0o777)) chmodSync(place, modeOfNew(0o777));
    for (const found of readdirSync(place, { withFileTypes: true })) {
      const at = `${place}/${found.name}`;
      const below = path === '' ? found.name : `${path}/${found.name}`;
      const entry = wanted.get(below);
      if (entry === 'directory' && found.isDirectory()) keepIn(at, below, wanted);
      else if (typeof entry === 'object' && found.isFile() && isSame(input, entry, at)) kept.add(entry);
      else rmSync(at, { recursive: true, force: true });
    }
  }
}

function wantedOf(entries: Entry[]): Wanted {
  const wanted: Wanted = new Map();
  for (const entry of entries) {
    const path = pathOf(entry);
    if (isLink(entry)) continue;
    if (!isDirectory(entry) && wanted.has(path)) throw new Error(`the archive holds ${entry.name} twice`);
    wanted.set(path, isDirectory(entry) ? 'directory' : entry);
    for (let at = dirname(path); at !== '.' && !wanted.has(at); at = dirname(at)) wanted.set(at, 'directory');
  }
  return wanted;
}

/** A file with another name elsewhere is not: who writes there would write here. */
function isSame(input: number, entry: Entry, place: string): boolean {
  const { size, nlink, mode } = lstatSync(place);
  const right = entry.mode & 0o111 ? 0o755 : modeOfNew(0o666);
  if (size !== entry.size || nlink !== 1 || (mode & 0o7777) !== right) return false;
  return readContent(input, entry).equals(readFileSync(place));
}

function modeOf(place: string): number {
  return lstatSync(place).mode & 0o7777;
}

function modeOfNew(mode: number): number {
  return mode & ~process.umask();
}
