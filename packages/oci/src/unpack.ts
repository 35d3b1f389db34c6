import { constants } from 'node:fs';
import { chmod, link, lstat, mkdir, open, readdir, rm, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { decompress } from './decompress.ts';
import { OciError } from './errors.ts';
import { layerPath, linkTarget } from './layer-path.ts';
import type { TarHeader } from './tar/header.ts';
import { readTar, type TarEntry } from './tar/reader.ts';

export interface UnpackLimits {
  /** Uncompressed bytes of one layer, headers included. */
  readonly bytes: number;
  readonly entries: number;
}

const defaultLimits: UnpackLimits = { bytes: 2 * 1024 ** 3, entries: 200_000 };

/**
 * Unpacks one layer (tar, gzip or zstd) over what earlier layers left in `root`, honouring whiteouts. Nothing is ever
 * written, linked or removed outside `root`: every parent on the way must be a real directory, symbolic links are
 * rewritten so that they stay inside, set-id bits are dropped. Throws LAYER_UNSAFE for an attempt to leave or for a
 * device, LAYER_INVALID for a broken tar, LAYER_TOO_LARGE beyond the limits. The root must exist and belong to the
 * caller alone while this runs.
 */
export async function unpackLayer(
  source: AsyncIterable<Uint8Array>,
  root: string,
  limits: Partial<UnpackLimits> = {},
): Promise<void> {
  const { bytes, entries } = { ...defaultLimits, ...limits };
  const target: Target = { root, written: new Set() };
  let count = 0;
  for await (const entry of readTar(atMost(decompress(source), bytes))) {
    count += 1;
    if (count > entries) throw new OciError('LAYER_TOO_LARGE', `the layer has more than ${entries} entries`);
    await unpackEntry(target, entry);
  }
}

interface Target {
  readonly root: string;
  /** Paths that this layer brought, with everything above them: its own whiteouts only concern the layers below. */
  readonly written: Set<string>;
}

async function unpackEntry(target: Target, { header, body }: TarEntry): Promise<void> {
  const path = layerPath(header.path);
  if (path === '') return;
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (name.startsWith('.wh.')) return whiteOut(target, path, name);
  await makeParents(target, path);
  if (header.type === 'directory') await placeDirectory(target, path, header);
  else if (header.type === 'file') await placeFile(target, path, header, body);
  else if (header.type === 'symlink') await placeSymlink(target, path, header);
  else if (header.type === 'hardlink') await placeHardLink(target, path, header);
  else throw new OciError('LAYER_UNSAFE', `${JSON.stringify(path)} is a device or another special file`);
  remember(target, path);
}

function remember({ written }: Target, path: string): void {
  let current = path;
  while (current !== '' && !written.has(current)) {
    written.add(current);
    current = current.slice(0, Math.max(0, current.lastIndexOf('/')));
  }
}

/** https://github.com/opencontainers/image-spec/blob/main/layer.md#whiteouts */
async function whiteOut({ root, written }: Target, path: string, name: string): Promise<void> {
  const directory = path.slice(0, -name.length).replace(/\/$/, '');
  const hidden = name.slice('.wh.'.length);
  if (hidden === '' || hidden === '.' || hidden === '..') {
    throw new OciError('LAYER_UNSAFE', `the whiteout ${JSON.stringify(path)} names no file`);
  }
  if (!(await isInsideRealDirectories(root, directory))) return;
  const names = hidden === '.wh..opq' ? await readdir(join(root, directory)) : [hidden];
  for (const each of names)
    await removeLower({ root, written }, directory === '' ? each : `${directory}/${each}`);
}

/** Removes what lower layers left at a path, but keeps what this layer has put there or beneath it. */
async function removeLower(target: Target, path: string): Promise<void> {
  const { root, written } = target;
  if (!written.has(path)) return rm(join(root, path), { recursive: true, force: true });
  const found = await lstatOrNone(join(root, path));
  if (!found?.isDirectory()) return;
  for (const child of await readdir(join(root, path))) await removeLower(target, `${path}/${child}`);
}

async function makeParents({ root }: Target, path: string): Promise<void> {
  let current = root;
  for (const part of path.split('/').slice(0, -1)) {
    current = join(current, part);
    const found = await lstatOrNone(current);
    if (found === undefined) await mkdir(current, { mode: 0o755 });
    else if (!found.isDirectory()) throw throughLink(path);
  }
}

async function isInsideRealDirectories(root: string, directory: string): Promise<boolean> {
  let current = root;
  for (const part of directory.split('/').filter(part => part !== '')) {
    current = join(current, part);
    if (!(await lstatOrNone(current))?.isDirectory()) return false;
  }
  return true;
}

async function placeDirectory({ root }: Target, path: string, { mode }: TarHeader): Promise<void> {
  const place = join(root, path);
  const found = await lstatOrNone(place);
  if (found !== undefined && !found.isDirectory()) await rm(place);
  if (found?.isDirectory() !== true) await mkdir(place);
  await chmod(place, (mode & 0o777) | 0o700);
}

async function placeFile(
  { root }: Target,
  path: string,
  { mode }: TarHeader,
  body: AsyncIterable<Uint8Array>,
) {
  const place = join(root, path);
  await rm(place, { recursive: true, force: true });
  const { O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY } = constants;
  const file = await open(place, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  try {
    for await (const chunk of body) await file.writeFile(chunk);
    await file.chmod((mode & 0o777) | 0o600);
  } finally {
    await file.close();
  }
}

async function placeSymlink({ root }: Target, path: string, { linkName }: TarHeader): Promise<void> {
  const target = linkTarget(path, linkName);
  await rm(join(root, path), { recursive: true, force: true });
  await symlink(target, join(root, path));
}

async function placeHardLink({ root }: Target, path: string, { linkName }: TarHeader): Promise<void> {
  const source = layerPath(linkName);
  if (source === path) return;
  const isInside = await isInsideRealDirectories(root, dirname(source) === '.' ? '' : dirname(source));
  const found = isInside ? await lstatOrNone(join(root, source)) : undefined;
  if (!found?.isFile()) {
    throw new OciError(
      'LAYER_UNSAFE',
      `the hard link ${JSON.stringify(path)} names no file inside the image`,
    );
  }
  await rm(join(root, path), { recursive: true, force: true });
  await link(join(root, source), join(root, path));
}

async function* atMost(source: AsyncIterable<Uint8Array>, limit: number): AsyncGenerator<Uint8Array> {
  let passed = 0;
  for await (const chunk of source) {
    passed += chunk.byteLength;
    if (passed > limit) throw new OciError('LAYER_TOO_LARGE', `the layer is larger than ${limit} bytes`);
    yield chunk;
  }
}

async function lstatOrNone(path: string) {
  try {
    return await lstat(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}

function throughLink(path: string): OciError {
  return new OciError(
    'LAYER_UNSAFE',
    `${JSON.stringify(path)} would be written through something that is no directory`,
  );
}
