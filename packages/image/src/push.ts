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
  readonly tag: string;
  readonly provenance?: Provenance;
}

export interface Pushed {
  readonly digest: Digest;
  /** `<repositoryUri>@<digest>`, in the form that task definitions use. */
  readonly imageUri: string;
  /** False when the tag named this very image before. */
  readonly isNew: boolean;
}

interface Image {
  readonly layout: Layout;
  readonly descriptor: Descriptor;
  readonly manifest: ImageManifest;
  readonly bytes: Uint8Array;
}

/**
 * Pushes an image to ECR: what the registry lacks is mounted from the base image's repository or sent, the manifest
 * last. Pushing the same image under the same tag again is a success. Throws TAG_TAKEN when the tag names another
 * image, for tags never move.
 */
export async function pushImage(input: PushInput, ecr: Ecr, registries: Registries): Promise<Pushed> {
  if (!isTag(input.tag)) throw new ImageError('USAGE', `${JSON.stringify(input.tag)} is not a tag`);
  const image = await openImage(input.from);
  const repositoryUri = await ecr.repositoryUri(input.repository);
  const registry = new RegistryClient(await connection(ecr));
  const isNew = await requireFree(registry, input, image.descriptor.digest);
  if (isNew) await send(registry, image, input, registries);
  if (input.provenance !== undefined) {
    await pushProvenance(registry, input.repository, image.descriptor, input.provenance);
  }
  const { digest } = image.descriptor;
  return { digest, imageUri: `${repositoryUri}@${digest}`, isNew };
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

async function connection(ecr: Ecr) {
  const { endpoint, credentials } = await ecr.authorize();
  return { url: endpoint, credentials };
}

async function requireFree(
  registry: RegistryClient,
  { repository, tag }: PushInput,
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

async function send(
  registry: RegistryClient,
  image: Image,
  input: PushInput,
  registries: Registries,
): Promise<void> {
  const { repository, tag } = input;
  for (const blob of [image.manifest.config, ...image.manifest.layers]) {
    await ensureBlob(registry, repository, image, blob.digest, registries);
  }
  try {
    await registry.putManifest(repository, tag, {
      bytes: image.bytes,
      mediaType: image.descriptor.mediaType,
    });
  } catch (error) {
    const isRefused = error instanceof RegistryFailure && error.codes.includes('TAG_INVALID');
    if (!isRefused || (await requireFree(registry, input, image.descriptor.digest))) throw error;
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
