import {
  type Descriptor,
  type Digest,
  type ImageManifest,
  isTag,
  type Layout,
  OciError,
  openLayout,
  parseReference,
  RegistryClient,
  RegistryFailure,
  readIndex,
  readLayoutManifest,
} from '@slipway/oci';
import type { Ecr } from './ecr.ts';
import { ImageError } from './errors.ts';
import { type Provenance, pushProvenance } from './provenance.ts';
import type { Registries } from './registries.ts';

export interface PushInput {
  /** The layout directory that a build wrote. */
  readonly from: string;
  readonly repository: string;
  readonly tags: readonly string[];
  readonly provenance?: Provenance;
}

export interface Pushed {
  readonly digest: Digest;
  /** `<repositoryUri>@<digest>`, in the form that task definitions use. */
  readonly imageUri: string;
  /** The tags that did not name this image before. */
  readonly newTags: readonly string[];
}

interface Image {
  readonly layout: Layout;
  readonly descriptor: Descriptor;
  readonly manifest: ImageManifest;
  readonly bytes: Uint8Array;
}

/**
 * Pushes an image to ECR: what the registry lacks is mounted from the base image's repository or sent, the manifest
 * last. Pushing the same image under the same tags again is a success. Throws TAG_TAKEN when a tag names another
 * image, for tags never move; nothing is pushed then.
 */
export async function pushImage(input: PushInput, ecr: Ecr, registries: Registries): Promise<Pushed> {
  requireTags(input.tags);
  const { repository } = input;
  const image = await openImage(input.from);
  const { digest, mediaType } = image.descriptor;
  const repositoryUri = await ecr.repositoryUri(repository);
  const registry = await connect(ecr);
  const newTags = await freeTags(registry, input, digest);
  if (newTags.length > 0) {
    await sendBlobs(registry, image, repository, registries);
    for (const tag of newTags)
      await putManifest(registry, { repository, tag, digest, bytes: image.bytes, mediaType });
  }
  if (input.provenance !== undefined)
    await pushProvenance(registry, repository, image.descriptor, input.provenance);
  return { digest, imageUri: `${repositoryUri}@${digest}`, newTags };
}

/** The digest of the image that a tag names in ECR; undefined when there is none. */
export async function findImage(
  { repository, tag }: { repository: string; tag: string },
  ecr: Ecr,
): Promise<Digest | undefined> {
  requireTags([tag]);
  await ecr.repositoryUri(repository);
  return (await connect(ecr)).resolveTag(repository, tag);
}

/**
 * Gives an image that ECR has more tags. Throws IMAGE_UNKNOWN when it is not there, TAG_TAKEN when a tag names another
 * image.
 */
export async function tagImage(
  input: { repository: string; digest: Digest; tags: readonly string[] },
  ecr: Ecr,
): Promise<Pushed> {
  requireTags(input.tags);
  const { repository, digest } = input;
  const repositoryUri = await ecr.repositoryUri(repository);
  const registry = await connect(ecr);
  const manifest = await registry.getManifest(repository, digest);
  if (manifest === undefined) throw new ImageError('IMAGE_UNKNOWN', `${repository} has no image ${digest}`);
  const newTags = await freeTags(registry, input, digest);
  for (const tag of newTags) await putManifest(registry, { repository, tag, ...manifest });
  return { digest, imageUri: `${repositoryUri}@${digest}`, newTags };
}

function requireTags(tags: readonly string[]): void {
  if (tags.length === 0) throw new ImageError('USAGE', 'an image is pushed under at least one tag');
  for (const tag of tags)
    if (!isTag(tag)) throw new ImageError('USAGE', `${JSON.stringify(tag)} is not a tag`);
}

async function openImage(directory: string): Promise<Image> {
  try {
    const layout = await openLayout(directory);
    const [descriptor, ...others] = (await readIndex(layout)).manifests;
    if (descriptor === undefined || others.length > 0) {
      throw new ImageError('USAGE', `${directory} does not hold exactly one image`);
    }
    const { manifest, bytes } = await readLayoutManifest(layout, descriptor);
    if (manifest.kind !== 'image') throw new ImageError('USAGE', `${directory} does not hold an image`);
    return { layout, descriptor, manifest, bytes };
  } catch (error) {
    if (error instanceof OciError) throw new ImageError('USAGE', error.message, { cause: error });
    throw error;
  }
}

async function connect(ecr: Ecr): Promise<RegistryClient> {
  const { endpoint, credentials } = await ecr.authorize();
  return new RegistryClient({ url: endpoint, credentials });
}

async function freeTags(
  registry: RegistryClient,
  { repository, tags }: { repository: string; tags: readonly string[] },
  digest: Digest,
): Promise<string[]> {
  const free: string[] = [];
  for (const tag of new Set(tags)) if (await isFree(registry, { repository, tag }, digest)) free.push(tag);
  return free;
}

/** False when the tag names this image already. */
async function isFree(
  registry: RegistryClient,
  { repository, tag }: { repository: string; tag: string },
  digest: Digest,
): Promise<boolean> {
  const existing = await registry.resolveTag(repository, tag);
  if (existing === undefined) return true;
  if (existing === digest) return false;
  throw new ImageError(
    'TAG_TAKEN',
    `${repository}:${tag} is ${existing} already, and tags never move; this is ${digest}`,
  );
}

async function sendBlobs(
  registry: RegistryClient,
  image: Image,
  repository: string,
  registries: Registries,
): Promise<void> {
  for (const blob of [image.manifest.config, ...image.manifest.layers])
    await ensureBlob(registry, repository, image, blob.digest, registries);
}

/** Another build of the same commit may have put the same image under the tag meanwhile. */
async function putManifest(
  registry: RegistryClient,
  what: { repository: string; tag: string; digest: Digest; bytes: Uint8Array; mediaType: string },
): Promise<void> {
  try {
    await registry.putManifest(what.repository, what.tag, what);
  } catch (error) {
    const isRefused = error instanceof RegistryFailure && error.codes.includes('TAG_INVALID');
    if (!isRefused || (await isFree(registry, what, what.digest))) throw error;
  }
}

/** Layers of this build are in the layout; all others are the base image's and come from its repository. */
async function ensureBlob(
  registry: RegistryClient,
  repository: string,
  { layout, manifest }: Image,
  digest: Digest,
  registries: Registries,
): Promise<void> {
  if ((await layout.blobs.size(digest)) !== undefined) {
    await registry.pushBlob(repository, digest, layout.blobs);
    return;
  }
  const name = manifest.annotations?.['org.opencontainers.image.base.name'];
  if (name === undefined)
    throw new ImageError('USAGE', `${layout.directory} lacks ${digest} and names no base image`);
  const base = parseReference(name);
  const source = await registries(base.registry);
  await registry.ensureBlob(repository, digest, {
    ...(source.host === registry.host ? { mountFrom: base.repository } : {}),
    read: () => source.readBlob(base.repository, digest),
  });
}
