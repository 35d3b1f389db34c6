import {
  type Descriptor,
  type Digest,
  type DirectoryBlobStore,
  type ImageConfig,
  type ImageManifest,
  OciError,
  parseImageConfig,
  parseManifest,
  parseReference,
  readBlob,
} from '@slipway/oci';
import { AwsError } from '../../core/errors.ts';
import { ociArchitecture } from './base-image.ts';
import type { PullThroughCache } from './pull-through-cache.ts';
import type { EcrStorage } from './registry-storage.ts';

/** An image as the runtime needs it. */
export interface ResolvedImage {
  repository: string;
  digest: Digest;
  manifest: ImageManifest;
  config: ImageConfig;
  /** Lowest first. Those with `base` come with the base image; `file` is where the blob is on this machine. */
  layers: { digest: Digest; mediaType: string; size: number; base: boolean; file: string }[];
}

interface Parts {
  storage: EcrStorage;
  cache: PullThroughCache;
  blobs: DirectoryBlobStore;
  arch: string;
}

const privateRegistry = /^\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?$/;

/**
 * Finds an image of this registry by the name that task definitions give it, AWS's. Throws CannotPullContainerError,
 * the reason with which ECS stops such a task.
 */
export async function resolveImage(text: string, parts: Parts): Promise<ResolvedImage> {
  try {
    return await resolve(text, parts);
  } catch (error) {
    if (error instanceof OciError) throw cannotPull(text, error.message);
    throw error;
  }
}

async function resolve(text: string, parts: Parts): Promise<ResolvedImage> {
  const reference = parseReference(text);
  if (!privateRegistry.test(reference.registry)) {
    throw cannotPull(text, 'only images of Amazon ECR are carried out locally');
  }
  const found = await imageManifest(reference.repository, reference.digest ?? reference.tag!, parts);
  if (found === undefined) throw cannotPull(text, 'not found');
  const { manifest, digest } = found;
  const config = parseImageConfig(await readBlob(parts.blobs, manifest.config.digest));
  const baseLayers = await countBaseLayers(reference.repository, manifest, parts);
  const layers = manifest.layers.map(({ digest: layer, mediaType, size }: Descriptor, index) => ({
    ...{ digest: layer, mediaType, size },
    ...{ base: index < baseLayers, file: parts.blobs.path(layer) },
  }));
  return { repository: reference.repository, digest, manifest, config, layers };
}

/** The manifest, through an index the one for this machine. */
async function imageManifest(
  repository: string,
  reference: string,
  { storage, arch }: Parts,
): Promise<{ manifest: ImageManifest; digest: Digest } | undefined> {
  const named = reference.includes(':') ? { digest: reference as Digest } : { tag: reference };
  const stored = await storage.getManifest(repository, named);
  if (stored === undefined) return undefined;
  const manifest = parseManifest(stored.bytes, stored.mediaType);
  if (manifest.kind === 'image') return { manifest, digest: stored.digest };
  const fitting = manifest.manifests.find(({ platform }) => platform?.architecture === ociArchitecture(arch));
  const child = fitting && (await storage.getManifest(repository, { digest: fitting.digest }));
  const image = child && parseManifest(child.bytes, child.mediaType);
  return image?.kind === 'image' ? { manifest: image, digest: child!.digest } : undefined;
}

/** How many of the lowest layers are the base image's: those that the manifest named by the annotations begins with. */
async function countBaseLayers(repository: string, manifest: ImageManifest, parts: Parts): Promise<number> {
  if (parts.cache.serves(repository)) return manifest.layers.length;
  const name = manifest.annotations?.['org.opencontainers.image.base.name'];
  const digest = manifest.annotations?.['org.opencontainers.image.base.digest'];
  if (name === undefined || digest === undefined) return 0;
  const base = await imageManifest(baseRepository(name), digest, parts);
  const layers = base?.manifest.layers ?? [];
  const isPrefix = layers.every(({ digest: layer }, index) => layer === manifest.layers[index]?.digest);
  return isPrefix ? layers.length : 0;
}

function baseRepository(name: string): string {
  try {
    return parseReference(name).repository;
  } catch {
    return '';
  }
}

function cannotPull(image: string, why: string): AwsError {
  return new AwsError('CannotPullContainerError', `CannotPullContainerError: ${image}: ${why}`);
}
