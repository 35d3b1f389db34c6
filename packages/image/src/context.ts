import { lstat, readdir, readFile, readlink, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { ImageError } from './errors.ts';
import { componentPattern, type Ignore, parseIgnore } from './ignore.ts';

export interface ContextFile {
  /** Relative to the source it was found under; empty for the source itself. */
  readonly path: string;
  readonly type: 'file' | 'directory' | 'symlink';
  readonly file: string;
  /** Whether its owner may execute it: the one permission that git keeps as well. */
  readonly isExecutable: boolean;
  readonly target?: string;
}

/** The directory that COPY takes its sources from. */
export interface Context {
  readonly directory: string;
  readonly ignore: Ignore;
}

export async function openContext(directory: string): Promise<Context> {
  try {
    const root = await realpath(directory);
    const rules = await readFile(join(root, '.dockerignore'), 'utf8').catch(
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return '';
        throw error;
      },
    );
    return { directory: root, ignore: parseIgnore(rules) };
  } catch (error) {
    throw new ImageError('CONTEXT_INVALID', `the context ${directory} cannot be read`, { cause: error });
  }
}

/** The paths a source names: itself, or what its wildcards match. Empty when there is nothing. */
export async function matchSources(context: Context, source: string): Promise<string[]> {
  const parts = source.split('/').filter(part => part !== '' && part !== '.');
  if (parts.includes('..')) throw new ImageError('CONTEXT_INVALID', `${source} is outside of the context`);
  let found = [''];
  for (const part of parts) {
    found = (await Promise.all(found.map(parent => children(context, parent, part)))).flat();
  }
  return found.filter(path => path === '' || !context.ignore(path)).sort();
}

/** Everything a source brings: itself when it is a file, else what is in it. Links below it are kept as links. */
export async function readSource(context: Context, source: string): Promise<ContextFile[]> {
  const file = await insideContext(context, source);
  const found = await lstat(file);
  if (!found.isDirectory()) return [await describe(file, '')];
  return walk(context, source, file, '');
}

async function walk(context: Context, source: string, root: string, under: string): Promise<ContextFile[]> {
  const names = (await readdir(join(root, under))).sort();
  const found: ContextFile[] = [];
  for (const name of names) {
    const path = under === '' ? name : `${under}/${name}`;
    const described = await describe(join(root, path), path);
    const isIgnored = context.ignore(source === '' ? path : `${source}/${path}`);
    const below = described.type === 'directory' ? await walk(context, source, root, path) : [];
    if (!isIgnored || below.length > 0) found.push(described);
    found.push(...below);
  }
  return found;
}

async function describe(file: string, path: string): Promise<ContextFile> {
  const stats = await lstat(file);
  const isExecutable = (stats.mode & 0o100) !== 0;
  if (stats.isDirectory()) return { path, type: 'directory', file, isExecutable };
  if (stats.isSymbolicLink())
    return { path, type: 'symlink', file, isExecutable, target: await readlink(file) };
  if (stats.isFile()) return { path, type: 'file', file, isExecutable };
  throw new ImageError('CONTEXT_INVALID', `${file} is neither a file nor a directory nor a link`);
}

async function children(context: Context, parent: string, part: string): Promise<string[]> {
  const at = (name: string) => (parent === '' ? name : `${parent}/${name}`);
  if (!/[*?[]/.test(part)) {
    const isThere = await lstat(join(context.directory, at(part))).then(
      () => true,
      () => false,
    );
    return isThere ? [at(part)] : [];
  }
  const pattern = new RegExp(`^${componentPattern(part)}$`, 's');
  const names = await readdir(join(context.directory, parent)).catch(() => []);
  return names.filter(name => pattern.test(name)).map(at);
}

/** Where a source really is. Throws CONTEXT_INVALID when links lead it out of the context. */
async function insideContext({ directory }: Context, source: string): Promise<string> {
  const file = await realpath(join(directory, source));
  if (file === directory || file.startsWith(directory + sep)) return file;
  throw new ImageError('CONTEXT_INVALID', `${source} leads out of the context`);
}
