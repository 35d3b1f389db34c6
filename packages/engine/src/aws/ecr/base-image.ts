import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import {
  type BlobStore,
  type Digest,
  type ImageConfig,
  type ImageManifest,
  type LayerEntry,
  mediaTypes,
  parentDirectories,
  parseManifest,
  readBlob,
  writeJson,
  writeLayer,
} from '@slipway/oci';
import type { NodeBinary } from './ports.ts';
import type { EcrTables } from './tables.ts';

export interface BaseImage {
  digest: Digest;
  manifest: ImageManifest;
}

/**
 * The base image of this machine: its node with the shared libraries that node needs, in one uncompressed layer. The
 * same node gives the same digest. It is made once per node and kept; making it streams, so nothing waits for it.
 */
export async function ensureBaseImage(
  node: NodeBinary,
  blobs: BlobStore,
  { bases }: Pick<EcrTables, 'bases'>,
): Promise<BaseImage> {
  const fingerprint = await fingerprintOf(node);
  const known = await load(bases.get(fingerprint), blobs);
  if (known !== undefined) return known;
  const digest = await make(node, blobs);
  bases.put(fingerprint, digest);
  return (await load(digest, blobs))!;
}

async function fingerprintOf({ path, version, arch }: NodeBinary): Promise<string> {
  const { size, mtimeMs } = await stat(path);
  return `${version} ${arch} ${size} ${mtimeMs}`;
}

/** What was made before, if all of it is still there and whole. */
async function load(digest: Digest | undefined, blobs: BlobStore): Promise<BaseImage | undefined> {
  if (digest === undefined || (await blobs.size(digest)) === undefined) return undefined;
  const manifest = parseManifest(await readBlob(blobs, digest), mediaTypes.manifest);
  if (manifest.kind !== 'image') return undefined;
  for (const part of [manifest.config, ...manifest.layers]) {
    if ((await blobs.size(part.digest)) !== part.size) return undefined;
  }
  return { digest, manifest };
}

async function make(node: NodeBinary, blobs: BlobStore): Promise<Digest> {
  const layer = await writeLayer(await entriesFor(node), blobs);
  const config: ImageConfig = {
    created: '1970-01-01T00:00:00Z',
    architecture: ociArchitecture(node.arch),
    os: 'linux',
    config: {
      Env: [
        'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
        `NODE_VERSION=${node.version.slice(1)}`,
      ],
      Cmd: ['node'],
    },
    rootfs: { type: 'layers', diff_ids: [layer.diffId] },
    history: [{ created: '1970-01-01T00:00:00Z', created_by: `node ${node.version} of this machine` }],
  };
  const { digest } = await writeJson(blobs, mediaTypes.manifest, {
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    config: await writeJson(blobs, mediaTypes.config, config),
    layers: [layer.descriptor],
  });
  return digest;
}

async function entriesFor({ path }: NodeBinary): Promise<LayerEntry[]> {
  const text = (name: string, content: string): LayerEntry => ({
    type: 'file',
    path: name,
    content: Buffer.from(content),
  });
  const files: LayerEntry[] = [
    { type: 'file', path: 'usr/local/bin/node', mode: 0o755, content: { file: path } },
    text('etc/passwd', 'root:x:0:0:root:/root:/sbin/nologin\nnode:x:1000:1000::/home/node:/sbin/nologin\n'),
    text('etc/group', 'root:x:0:\nnode:x:1000:\n'),
    { type: 'directory', path: 'home/node' },
    { type: 'directory', path: 'tmp', mode: 0o1777 },
  ];
  for (const library of await librariesOf(path)) {
    files.push({ type: 'file', path: library.slice(1), mode: 0o755, content: { file: library } });
  }
  const parents = new Set(files.flatMap(file => parentDirectories(file.path)));
  for (const file of files) parents.delete(file.path);
  return [...files, ...[...parents].map(each => ({ type: 'directory', path: each }) as const)];
}

/** Absolute paths as the loader looks for them; none where there is no ldd, for instance on macOS. */
async function librariesOf(path: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)('ldd', [path]).catch(() => ({ stdout: '' }));
  const found = stdout.split('\n').map(line => /(?:=> |^\s*)(\/\S+) \(0x/.exec(line)?.[1]);
  return [...new Set(found.filter(library => library !== undefined))];
}

export function ociArchitecture(arch: string): string {
  return arch === 'x64' ? 'amd64' : arch;
}
