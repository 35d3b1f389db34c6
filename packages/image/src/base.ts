import {
  type Descriptor,
  type Digest,
  formatReference,
  type ImageConfig,
  type ImageManifest,
  mediaTypes,
  OciError,
  type PulledManifest,
  parseImageConfig,
  parseManifest,
  parseReference,
  type RegistryClient,
} from '@slipway/oci';
import { ImageError } from './errors.ts';
import type { Registries } from './registries.ts';

export interface Platform {
  readonly os: string;
  readonly architecture: string;
}

/** What an image is built on: its layers are named, not downloaded. */
export interface BaseImage {
  readonly config: ImageConfig;
  readonly layers: readonly Descriptor[];
  /** Absent for `scratch`. */
  readonly source?: { readonly name: string; readonly digest: Digest };
}

/** Looks a base image up in its registry. Throws BASE_UNKNOWN when it, or its variant for the platform, is not there. */
export async function resolveBase(
  reference: string,
  platform: Platform,
  registries: Registries,
): Promise<BaseImage> {
  if (reference === 'scratch') return scratch(platform);
  try {
    return await lookUp(reference, platform, registries);
  } catch (error) {
    if (!(error instanceof OciError)) throw error;
    throw new ImageError('BASE_UNKNOWN', `the base image ${reference}: ${error.message}`, { cause: error });
  }
}

async function lookUp(reference: string, platform: Platform, registries: Registries): Promise<BaseImage> {
  const parsed = parseReference(reference);
  const client = await registries(parsed.registry);
  const { pulled, manifest } = await imageFor(
    client,
    parsed.repository,
    parsed.digest ?? parsed.tag!,
    platform,
  );
  const config = parseImageConfig(await client.getBlob(parsed.repository, manifest.config.digest));
  if (config.os !== platform.os || config.architecture !== platform.architecture) {
    throw new ImageError(
      'BASE_UNKNOWN',
      `the base image ${reference} is for ${config.os}/${config.architecture}`,
    );
  }
  const { digest: _, ...name } = parsed;
  return {
    config,
    layers: manifest.layers.map(asOciLayer),
    source: { name: formatReference(name), digest: pulled.digest },
  };
}

async function imageFor(
  client: RegistryClient,
  repository: string,
  reference: string,
  platform: Platform,
): Promise<{ pulled: PulledManifest; manifest: ImageManifest }> {
  const pulled = await client.getManifest(repository, reference);
  if (pulled === undefined) {
    throw new ImageError('BASE_UNKNOWN', `${client.host} has no image ${repository}:${reference}`);
  }
  const manifest = parseManifest(pulled.bytes, pulled.mediaType);
  if (manifest.kind === 'image') return { pulled, manifest };
  const fitting = manifest.manifests.find(
    each => each.platform?.os === platform.os && each.platform.architecture === platform.architecture,
  );
  if (fitting === undefined) {
    const why = `${repository}:${reference} has no variant for ${platform.os}/${platform.architecture}`;
    throw new ImageError('BASE_UNKNOWN', why);
  }
  return imageFor(client, repository, fitting.digest, platform);
}

function scratch({ os, architecture }: Platform): BaseImage {
  return { config: { os, architecture, rootfs: { type: 'layers', diff_ids: [] } }, layers: [] };
}

/** Docker's own layer types name the same bytes; the manifest that is written is OCI throughout. */
function asOciLayer({ mediaType, digest, size }: Descriptor): Descriptor {
  const types: Record<string, string> = {
    'application/vnd.docker.image.rootfs.diff.tar.gzip': mediaTypes.layerGzip,
    'application/vnd.docker.image.rootfs.diff.tar': mediaTypes.layer,
  };
  return { mediaType: types[mediaType] ?? mediaType, digest, size };
}
