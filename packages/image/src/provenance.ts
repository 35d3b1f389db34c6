import {
  type Descriptor,
  type Digest,
  digestOf,
  encodeJson,
  mediaTypes,
  type RegistryClient,
} from '@slipway/oci';

/** Where an image comes from. It is a record beside the image: in it, every commit would make another digest. */
export interface Provenance {
  readonly source: string;
  readonly revision: string;
}

export const provenanceType = 'application/vnd.slipway.provenance.v1';

const empty = { mediaType: mediaTypes.empty, digest: digestOf('{}'), size: 2 };

/**
 * Attaches the record to an image as a referrer, in the form that the image specification recommends for artifacts
 * without content. Returns its digest; the same record again is the same referrer.
 * https://github.com/opencontainers/image-spec/blob/main/manifest.md#guidelines-for-artifact-usage
 */
export async function pushProvenance(
  registry: RegistryClient,
  repository: string,
  { mediaType, digest, size }: Descriptor,
  { source, revision }: Provenance,
): Promise<Digest> {
  await registry.ensureBlob(repository, empty.digest, {
    read: async function* () {
      yield Buffer.from('{}');
    },
  });
  const bytes = encodeJson({
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    artifactType: provenanceType,
    config: empty,
    layers: [empty],
    subject: { mediaType, digest, size },
    annotations: { 'org.opencontainers.image.revision': revision, 'org.opencontainers.image.source': source },
  });
  return registry.putManifest(repository, digestOf(bytes), { bytes, mediaType: mediaTypes.manifest });
}
