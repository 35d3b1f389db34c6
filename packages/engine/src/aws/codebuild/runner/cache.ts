import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import type { CacheSpec } from './buildspec.ts';
import { glob } from './glob.ts';
import { type Imprint, takeImprint } from './imprint.ts';
import type { CacheOptions } from './job.ts';
import { linkFile, linkTree, listDirectories, placeIn, syncDirectory } from './link-tree.ts';
import { isSeed, treatSeed } from './seed.ts';
import { Spares } from './spares.ts';

export interface BuildCacheOptions extends CacheOptions {
  spec: CacheSpec;
  /** The key with its commands and variables filled in; without one, the project's own latest entry. */
  key: string;
  fallbackKeys: string[];
  /** The directory that paths are relative to. */
  source: string;
  /** Distinguishes what this build has half done from what others have. */
  build: string;
  now: () => number;
  log(line: string): void;
}

interface Meta {
  key: string;
  /** Namespace and paths: an entry is only used for what it was made of. */
  version: string;
  /** Directories that the entry holds whole; what else it holds lies beside the source's own files. */
  directories: string[];
  /** All directories in those, and they themselves, each after the one that holds it. */
  tree: string[];
}

/** Entries of another form are not looked at. */
const FORM = 2;
/** Entries kept; the least recently used go first. Entries share their files with builds, so they cost little. */
const MOST_ENTRIES = 12;

/**
 * A build's view of the cache. An entry is a directory named by the hash of its key, made beside its place and moved
 * there, and never changed again. Restoring links its files into the source.
 * https://docs.aws.amazon.com/codebuild/latest/userguide/caching-s3.html
 */
export class BuildCache {
  readonly #options: BuildCacheOptions;
  readonly #version: string;
  readonly #spares: Spares;
  /** The entry whose files are in the source. */
  #inUse: string | undefined;
  /** The source's tree as it was when it was the same as the entry's. */
  #imprint: Imprint = {};

  constructor(options: BuildCacheOptions) {
    this.#options = options;
    this.#version = sha256(JSON.stringify([FORM, options.namespace, options.spec.paths]));
    this.#spares = new Spares(options.directory, options.build);
    mkdirSync(options.directory, { recursive: true });
  }

  /** Brings the entry of the key, of a fallback key, or of the seed checkout into the source. */
  restore(): void {
    const { key, source, log, now, spec } = this.#options;
    if (!spec.actions.includes('restore')) return;
    if (!existsSync(this.#entry(key))) this.#seed();
    const entry = existsSync(this.#entry(key)) ? this.#entry(key) : this.#fallback();
    if (entry === undefined) {
      log(`No cache for key ${key}`);
      return;
    }
    const start = now();
    utimesSync(entry, new Date(start), new Date(start));
    this.#bring(entry, source);
    this.#inUse = entry;
    log(`Restored cache with key ${readMeta(entry)?.key ?? key} in ${((now() - start) / 1000).toFixed(2)} s`);
  }

  /**
   * A tree that another build left is put right where its directories are not as they were; without one, the entry is
   * linked anew.
   */
  #bring(entry: string, source: string): void {
    const files = join(entry, 'files');
    const { directories, tree } = readMeta(entry) ?? { directories: [], tree: [] };
    const options = { root: source, treat: treatCached };
    const known = this.#spares.take(basename(entry), directories, source);
    if (known === undefined) {
      linkTree(files, source, options);
      this.#imprint = takeImprint(source, tree);
      return;
    }
    const changed: string[] = [];
    // One after the other: a directory that is put right may bring others anew.
    for (const path of tree) {
      const found = takeImprint(source, [path])[path];
      if (found !== undefined && found === known[path]) continue;
      syncDirectory(join(files, path), join(source, path), path, options);
      changed.push(path);
    }
    this.#imprint = { ...known, ...takeImprint(source, changed) };
    const whole = new Set(directories);
    linkTree(files, source, { ...options, treat: path => (whole.has(path) ? 'skip' : treatCached(path)) });
  }

  /** Leaves the source's tree to the next build of the same entry: the last thing that a build does with it. */
  recycle(): void {
    const { source, now } = this.#options;
    if (this.#inUse === undefined) return;
    this.#spares.give(basename(this.#inUse), readMeta(this.#inUse)?.directories ?? [], source, this.#imprint);
    this.#spares.sweep(now());
  }

  /** Keeps the source's files under the key, unless there is an entry already. */
  save(): void {
    const { key, log, source, spec } = this.#options;
    if (!spec.actions.includes('save')) return;
    if (spec.key !== undefined && existsSync(this.#entry(key))) {
      log(`Cache with key ${key} is already saved`);
      return;
    }
    const saved = this.#make(source, treatCached);
    log(saved ? `Saved cache with key ${key}` : `Nothing to cache for key ${key}`);
    if (saved) this.#inUse = this.#entry(key);
    this.#prune();
  }

  #seed(): void {
    const { seedFrom, source, spec, log } = this.#options;
    if (seedFrom === undefined || !isSeed({ checkout: seedFrom, source, paths: spec.paths })) return;
    if (this.#make(seedFrom, treatSeed))
      log('Seeded the cache from the checkout, whose installed packages are the same');
  }

  /** Makes the entry of what the paths match below `from`; false when that is nothing. */
  #make(from: string, treat: (path: string) => 'link' | 'copy' | 'skip'): boolean {
    const { key, spec, build, directory } = this.#options;
    const fresh = join(directory, `new-${build}`);
    rmSync(fresh, { recursive: true, force: true });
    const root = join(fresh, 'files');
    const found = spec.paths.flatMap(pattern => glob(from, this.#relative(pattern), { whole: true }));
    for (const { path, directory: isDirectory } of found) {
      if (isDirectory) linkTree(join(from, path), join(root, path), { root, treat });
      else linkFile(join(from, path), join(root, path));
    }
    if (found.length === 0) return false;
    const directories = found.filter(each => each.directory).map(each => each.path);
    const tree = directories.flatMap(path => [path, ...listDirectories(root, path)]);
    const meta: Meta = { key, version: this.#version, directories, tree };
    writeFileSync(join(fresh, 'meta.json'), JSON.stringify(meta));
    this.#publish(fresh);
    return true;
  }

  /** Moves the entry to its place; where another build was first, its entry stays unless keys are not given. */
  #publish(fresh: string): void {
    const { key, spec, build, directory } = this.#options;
    const entry = this.#entry(key);
    if (spec.key === undefined && existsSync(entry)) {
      const old = join(directory, `old-${build}`);
      renameSync(entry, old);
      rmSync(old, { recursive: true, force: true });
    }
    try {
      renameSync(fresh, entry);
    } catch (error) {
      if (!existsSync(entry)) throw error;
      rmSync(fresh, { recursive: true, force: true });
    }
  }

  #fallback(): string | undefined {
    const { directory, fallbackKeys } = this.#options;
    const entries = newestFirst(directory).filter(entry => readMeta(entry)?.version === this.#version);
    for (const prefix of fallbackKeys) {
      const entry = entries.find(each => readMeta(each)?.key.startsWith(prefix));
      if (entry !== undefined) return entry;
    }
    return undefined;
  }

  #prune(): void {
    const { directory, build } = this.#options;
    for (const entry of newestFirst(directory).slice(MOST_ENTRIES)) {
      const gone = join(directory, `gone-${build}`);
      renameSync(entry, gone);
      rmSync(gone, { recursive: true, force: true });
      this.#spares.drop(basename(entry));
    }
  }

  #entry(key: string): string {
    return join(this.#options.directory, `entry-${sha256(`${this.#version}\n${key}`)}`);
  }

  #relative(pattern: string): string {
    const { source } = this.#options;
    const place = placeIn(source, pattern);
    return place === undefined ? '..' : place.slice(source.length + 1);
  }
}

/** npm writes its record in place, so each build has its own. */
function treatCached(path: string): 'link' | 'copy' {
  return path.endsWith('.package-lock.json') ? 'copy' : 'link';
}

function newestFirst(directory: string): string[] {
  return readdirSync(directory)
    .filter(name => /^entry-[0-9a-f]+$/.test(name))
    .map(name => ({ path: join(directory, name), at: statSync(join(directory, name)).mtimeMs }))
    .sort((a, b) => b.at - a.at)
    .map(entry => entry.path);
}

function readMeta(entry: string): Meta | undefined {
  try {
    return JSON.parse(readFileSync(join(entry, 'meta.json'), 'utf8')) as Meta;
  } catch {
    return undefined;
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
