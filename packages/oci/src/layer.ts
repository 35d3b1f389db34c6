import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { BlobStore } from './blob-store.ts';
import type { Descriptor } from './descriptor.ts';
import { type Digest, Digester } from './digest.ts';
import { OciError } from './errors.ts';
import { layerPath } from './layer-path.ts';
import { mediaTypes } from './media-type.ts';
import { encodeHeader, padding } from './tar/header.ts';

/** What goes into a layer; paths are relative to the image's root. */
export type LayerEntry =
  | { readonly type: 'directory'; readonly path: string; readonly mode?: number }
  | { readonly type: 'symlink'; readonly path: string; readonly target: string }
  | {
      readonly type: 'file';
      readonly path: string;
      readonly mode?: number;
      readonly content: Uint8Array | { file: string };
    };

export interface Layer {
  readonly descriptor: Descriptor;
  /** The digest of the uncompressed tar. */
  readonly diffId: Digest;
}

/**
 * Writes a layer into a blob store. The same entries give the same bytes, whatever their order, the machine's clock,
 * user or umask. Uncompressed by default: compressed bytes depend on the zlib at hand, so only an uncompressed layer
 * has the same digest everywhere. Throws LAYER_UNSAFE for a path that leaves the root, LAYER_INVALID for a path that
 * is given twice.
 */
export async function writeLayer(
  entries: readonly LayerEntry[],
  blobs: Pick<BlobStore, 'write'>,
  { compression = 'none' }: { compression?: 'none' | 'gzip' } = {},
): Promise<Layer> {
  const digester = new Digester();
  const tar = digester.watch(layerTar(entries));
  const stored = await blobs.write(compression === 'gzip' ? gzip(tar) : tar);
  const mediaType = compression === 'gzip' ? mediaTypes.layerGzip : mediaTypes.layer;
  return { descriptor: { mediaType, digest: stored.digest, size: stored.size }, diffId: digester.digest() };
}

/** The uncompressed tar of a layer: entries sorted by path, owner 0:0, time 0, files 644 unless given otherwise. */
export async function* layerTar(entries: readonly LayerEntry[]): AsyncGenerator<Uint8Array> {
  for (const entry of sorted(entries)) {
    if (entry.type === 'directory') {
      yield encodeHeader({
        path: `${entry.path}/`,
        type: 'directory',
        mode: entry.mode ?? 0o755,
        size: 0,
        linkName: '',
      });
    } else if (entry.type === 'symlink') {
      yield encodeHeader({ path: entry.path, type: 'symlink', mode: 0o777, size: 0, linkName: entry.target });
    } else {
      yield* fileBlocks(entry);
    }
  }
  yield new Uint8Array(1024);
}

/** Directory entries for everything above a path, outermost first. */
export function parentDirectories(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, depth) => parts.slice(0, depth + 1).join('/'));
}

async function* fileBlocks(entry: LayerEntry & { type: 'file' }): AsyncGenerator<Uint8Array> {
  const { path, content, mode = 0o644 } = entry;
  const size = content instanceof Uint8Array ? content.byteLength : (await stat(content.file)).size;
  yield encodeHeader({ path, type: 'file', mode, size, linkName: '' });
  let written = 0;
  for await (const chunk of content instanceof Uint8Array ? [content] : readFileChunks(content.file)) {
    written += chunk.byteLength;
    yield chunk;
  }
  if (written !== size) throw new OciError('LAYER_INVALID', `${path} changed its size while it was packed`);
  yield padding(size);
}

function readFileChunks(file: string): AsyncIterable<Uint8Array> {
  return createReadStream(file, { highWaterMark: 256 * 1024 });
}

function sorted(entries: readonly LayerEntry[]): LayerEntry[] {
  const byPath = new Map<string, LayerEntry>();
  for (const entry of entries) {
    const path = layerPath(entry.path);
    if (path === '') throw new OciError('LAYER_INVALID', 'the root itself cannot be an entry of a layer');
    const before = byPath.get(path);
    if (before !== undefined && !(before.type === 'directory' && entry.type === 'directory')) {
      throw new OciError('LAYER_INVALID', `${path} is in the layer twice`);
    }
    byPath.set(path, { ...entry, path });
  }
  return [...byPath.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** gzip with a fixed header: no time, and the operating system byte 255 ("unknown") instead of the builder's. */
async function* gzip(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const stream = createGzip({ level: 6 });
  const feeding = pipeline(source, stream).catch((error: unknown) => error);
  let offset = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    if (offset <= 9 && offset + chunk.byteLength > 9) chunk[9 - offset] = 0xff;
    offset += chunk.byteLength;
    yield chunk;
  }
  const failure = await feeding;
  if (failure !== undefined) throw failure;
}
