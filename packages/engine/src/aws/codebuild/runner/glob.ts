import { type Dirent, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

export interface Found {
  /** Relative to the root, with `/`. */
  path: string;
  /** A whole directory, where those were asked for. */
  directory: boolean;
}

export interface GlobOptions {
  /** Gives `dir/**` and plain directories as one find instead of their files. */
  whole?: boolean;
}

/**
 * What a pattern of a buildspec matches below `root`: `*`, `?`, `[…]` and `{a,b}` within a name, `**` across
 * directories; names that begin with a dot are names like others. Links are found, not followed. In order of names.
 */
export function glob(root: string, pattern: string, options: GlobOptions = {}): Found[] {
  const segments = pattern.split('/').filter(segment => segment !== '' && segment !== '.');
  const found = new Map<string, Found>();
  const add = (path: string, directory: boolean): void => {
    found.set(path, { path, directory });
  };
  if (segments.includes('..')) return [];
  walk({ root, path: '', segments, whole: options.whole ?? false, add });
  return [...found.values()];
}

interface Walk {
  root: string;
  path: string;
  segments: string[];
  whole: boolean;
  add(path: string, directory: boolean): void;
}

function walk(at: Walk): void {
  const [first, ...rest] = at.segments;
  if (first === '**') walkDeep(at, rest);
  if (first === '**' || first === undefined) return;
  const matches = segmentPattern(first);
  for (const entry of entries(join(at.root, at.path))) {
    if (!matches.test(entry.name)) continue;
    const path = at.path === '' ? entry.name : `${at.path}/${entry.name}`;
    if (rest.length === 0) {
      if (!entry.isDirectory() || at.whole) at.add(path, entry.isDirectory());
    } else if (entry.isDirectory()) walk({ ...at, path, segments: rest });
  }
}

/** `**`: what `rest` matches here and in every directory below. */
function walkDeep(at: Walk, rest: string[]): void {
  const then = rest.length === 0 ? ['*'] : rest;
  const everything = then.length === 1 && then[0] === '*';
  if (everything && at.whole && at.path !== '') {
    if (isDirectory(join(at.root, at.path))) at.add(at.path, true);
    return;
  }
  walk({ ...at, segments: then });
  if (everything && at.whole) return;
  for (const entry of entries(join(at.root, at.path))) {
    const path = at.path === '' ? entry.name : `${at.path}/${entry.name}`;
    if (entry.isDirectory()) walk({ ...at, path, segments: ['**', ...then] });
  }
}

function entries(directory: string): Dirent[] {
  try {
    return readdirSync(directory, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw error;
  }
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function segmentPattern(segment: string): RegExp {
  const source = segment.replace(/\*+|\?|\[[^\]]*\]|\{[^}]*\}|[\\^$.|+()[\]{}]/g, part => {
    if (part[0] === '*') return '.*';
    if (part === '?') return '.';
    if (part[0] === '[' && part.length > 1) return part.replace(/^\[!/, '[^').replaceAll('\\', '\\\\');
    if (part[0] === '{' && part.length > 1) {
      return `(?:${part.slice(1, -1).split(',').map(escapeText).join('|')})`;
    }
    return escapeText(part);
  });
  return new RegExp(`^${source}$`, 's');
}

function escapeText(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
