import { chmodSync, closeSync, mkdirSync, openSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import { type Entry, isDirectory, isLink, pathOf, readContent, readEntries } from './archive.ts';
import { keepSame } from './keep-same.ts';

/**
 * Makes `directory` hold what a zip holds, with its modes and links, and nothing else. Files that are there already and
 * are the same stay: that is cheaper than making them anew. Throws a plain Error for what is no sound zip, for a name
 * that leads out of the directory, and for a link that points out of it. (fflate reads zips too, but drops modes and
 * links, and a source with `node_modules/.bin`-like scripts needs both.)
 */
export function unzip(file: string, directory: string): void {
  const input = openSync(file, 'r');
  try {
    const entries = readEntries(input, file);
    mkdirSync(directory, { recursive: true });
    const kept = keepSame(input, entries, directory);
    const made = new Set<string>();
    for (const entry of entries) {
      if (!isLink(entry) && !kept.has(entry)) unpack(input, entry, join(directory, pathOf(entry)), made);
    }
    // Links come last, so that nothing is ever written through one.
    for (const entry of entries) if (isLink(entry)) link(input, entry, directory, made);
  } finally {
    closeSync(input);
  }
}

function unpack(input: number, entry: Entry, place: string, made: Set<string>): void {
  if (isDirectory(entry)) {
    makeDirectory(place, made);
    return;
  }
  makeDirectory(dirname(place), made);
  writeFileSync(place, readContent(input, entry), { flag: 'wx' });
  if (entry.mode & 0o111) chmodSync(place, 0o755);
}

function link(input: number, entry: Entry, directory: string, made: Set<string>): void {
  const place = join(directory, pathOf(entry));
  const target = readContent(input, entry).toString('utf8');
  const end = resolve(dirname(place), target);
  if (target.startsWith('/') || !`${end}${sep}`.startsWith(`${resolve(directory)}${sep}`)) {
    throw new Error(`the link ${entry.name} points out of the archive, to ${target}`);
  }
  makeDirectory(dirname(place), made);
  symlinkSync(target, place);
}

function makeDirectory(directory: string, made: Set<string>): void {
  if (made.has(directory)) return;
  mkdirSync(directory, { recursive: true });
  made.add(directory);
}
