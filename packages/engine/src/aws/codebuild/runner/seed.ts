import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Lock {
  packages?: Record<string, LockedPackage>;
}

interface LockedPackage {
  version?: string;
  integrity?: string;
  resolved?: string;
  link?: boolean;
  optional?: boolean;
  devOptional?: boolean;
  peer?: boolean;
}

/**
 * Whether a checkout's installed packages are what the build's lock file asks for: the same lock file, and npm's own
 * record of what it installed (`node_modules/.package-lock.json`) agrees with it. Only for paths of `node_modules`.
 */
export function isSeed({
  checkout,
  source,
  paths,
}: {
  checkout: string;
  source: string;
  paths: string[];
}): boolean {
  if (paths.length === 0 || !paths.every(path => path.split('/').includes('node_modules'))) return false;
  const wanted = read(join(source, 'package-lock.json'));
  if (wanted === undefined || wanted !== read(join(checkout, 'package-lock.json'))) return false;
  const installed = read(join(checkout, 'node_modules', '.package-lock.json'));
  if (installed === undefined || !agrees(parse(wanted), parse(installed))) return false;
  return Object.keys(parse(installed).packages ?? {}).every(path =>
    existsSync(join(checkout, path, 'package.json')),
  );
}

/** Files that tools write to in place are left out or copied, so that no build writes into the checkout. */
export function treatSeed(path: string): 'link' | 'copy' | 'skip' {
  if (path === '.package-lock.json') return 'copy';
  return path.startsWith('.') && !path.startsWith('.bin') ? 'skip' : 'link';
}

function agrees(wanted: Lock, installed: Lock): boolean {
  const there = installed.packages ?? {};
  const asked = Object.entries(wanted.packages ?? {}).filter(([path]) => path.includes('node_modules/'));
  const same = (a: LockedPackage, b: LockedPackage | undefined): boolean =>
    b !== undefined && a.version === b.version && a.integrity === b.integrity && a.link === b.link;
  const complete = asked.every(([path, each]) => isOptional(each) || same(each, there[path]));
  const names = new Map(asked);
  const nothingElse = Object.entries(there)
    .filter(([path]) => path.includes('node_modules/'))
    .every(([path, each]) => same(each, names.get(path)));
  return complete && nothingElse;
}

/** npm leaves out what is for other platforms. */
function isOptional({ optional, devOptional }: LockedPackage): boolean {
  return optional === true || devOptional === true;
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function parse(text: string): Lock {
  try {
    return JSON.parse(text) as Lock;
  } catch {
    return {};
  }
}
