import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type BlobStore, DirectoryBlobStore, readBlob, type StoredBlob } from './blob-store.ts';
import type { Descriptor } from './descriptor.ts';
import { OciError } from './errors.ts';
import { encodeJson, type ImageIndex, type Manifest, parseManifest } from './manifest.ts';
import { mediaTypes } from './media-type.ts';

/**
 * An OCI image layout directory. It may be sparse: layers that are known to be in a registry need not be here.
 * https://github.com/opencontainers/image-spec/blob/main/image-layout.md
 */
export interface Layout {
  readonly directory: string;
  readonly blobs: DirectoryBlobStore;
}

/** Makes an empty layout, replacing what the directory's index listed before. */
export async function createLayout(directory: string): Promise<Layout> {
  await mkdir(join(directory, 'blobs', 'sha256'), { recursive: true });
  await writeFile(join(directory, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  const layout = { directory, blobs: new DirectoryBlobStore(join(directory, 'blobs'), { durable: false }) };
  await writeIndex(layout, []);
  return layout;
}

/** Opens an existing layout. Throws LAYOUT_INVALID when the directory is none. */
export async function openLayout(directory: string): Promise<Layout> {
  let marker: unknown;
  try {
    marker = JSON.parse(await readFile(join(directory, 'oci-layout'), 'utf8'));
  } catch (error) {
    throw new OciError('LAYOUT_INVALID', `${directory} is not an OCI image layout`, { cause: error });
  }
  if ((marker as { imageLayoutVersion?: unknown }).imageLayoutVersion !== '1.0.0') {
    throw new OciError('LAYOUT_INVALID', `${directory} is an image layout of an unknown version`);
  }
  return { directory, blobs: new DirectoryBlobStore(join(directory, 'blobs'), { durable: false }) };
}

/** Lists the manifests of the layout. */
export async function writeIndex({ directory }: Layout, manifests: readonly Descriptor[]): Promise<void> {
  const bytes = encodeJson({ schemaVersion: 2, mediaType: mediaTypes.index, manifests });
  const temporary = join(directory, '.index.json.part');
  await writeFile(temporary, bytes);
  await rename(temporary, join(directory, 'index.json'));
}

export async function readIndex({ directory }: Layout): Promise<ImageIndex> {
  const manifest = parseManifest(await readFile(join(directory, 'index.json')), mediaTypes.index);
  if (manifest.kind !== 'index') throw new OciError('LAYOUT_INVALID', `${directory}/index.json is no index`);
  return manifest;
}

/** A manifest of the layout with its exact bytes. */
export async function readLayoutManifest(
  { blobs }: Layout,
  descriptor: Descriptor,
): Promise<{ manifest: Manifest; bytes: Uint8Array }> {
  const bytes = await readBlob(blobs, descriptor.digest);
  return { manifest: parseManifest(bytes, descriptor.mediaType), bytes };
}

/** Stores a value as JSON and returns its descriptor. */
export async function writeJson(
  blobs: Pick<BlobStore, 'write'>,
  mediaType: string,
  value: unknown,
): Promise<Descriptor> {
  const { digest, size }: StoredBlob = await blobs.write([encodeJson(value)]);
  return { mediaType, digest, size };
}
