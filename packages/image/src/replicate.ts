import { type Digest, parseManifest, RegistryClient } from '@slipway/oci';
import type { Ecr } from './ecr.ts';
import { ImageError } from './errors.ts';

export interface Replication {
  readonly repository: string;
  readonly digest: Digest;
  readonly tags: readonly string[];
  /** The regions that get the image, too. */
  readonly regions: readonly string[];
}

/**
 * Brings an image that ECR has to the same repository in further regions, under the same digest and tags; what is there
 * already is left alone. Throws TAG_TAKEN when a tag names another image there, REPOSITORY_UNKNOWN when a region has no
 * such repository.
 */
export async function replicateImage({ regions, ...image }: Replication, ecr: Ecr): Promise<void> {
  if (regions.length === 0) return;
  const home = await connect(ecr);
  const manifest = await home.getManifest(image.repository, image.digest);
  if (manifest === undefined)
    throw new ImageError('IMAGE_UNKNOWN', `${image.repository} has no image ${image.digest}`);
  const parsed = parseManifest(manifest.bytes, manifest.mediaType);
  if (parsed.kind !== 'image') throw new ImageError('USAGE', `${image.digest} is not an image`);
  const blobs = [parsed.config, ...parsed.layers].map(({ digest }) => digest);
  await Promise.all(regions.map(region => replicateTo(region)));

  async function replicateTo(region: string): Promise<void> {
    const { repository, digest } = image;
    await ecr.repositoryUri(repository, region);
    const there = await connect(ecr, region);
    const missing = await missingTags(there, region);
    if (missing.length === 0) return;
    for (const blob of blobs)
      await there.ensureBlob(repository, blob, { read: () => home.readBlob(repository, blob) });
    for (const tag of missing) {
      await there.putManifest(repository, tag, manifest!).catch(async error => {
        // Another build of the same commit may have put the same image there meanwhile.
        if ((await there.resolveTag(repository, tag)) !== digest) throw error;
      });
    }
  }

  async function missingTags(there: RegistryClient, region: string): Promise<string[]> {
    const missing: string[] = [];
    for (const tag of new Set(image.tags)) {
      const existing = await there.resolveTag(image.repository, tag);
      if (existing === undefined) missing.push(tag);
      else if (existing !== image.digest) {
        const message = `${image.repository}:${tag} is ${existing} already in ${region}, and tags never move; this is ${image.digest}`;
        throw new ImageError('TAG_TAKEN', message);
      }
    }
    return missing;
  }
}

async function connect(ecr: Ecr, region?: string): Promise<RegistryClient> {
  const { endpoint, credentials } = await ecr.authorize(region);
  return new RegistryClient({ url: endpoint, credentials });
}
