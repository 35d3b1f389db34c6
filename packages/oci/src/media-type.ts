/** Media types of the OCI image specification and the Docker types that clients still push. */
export const mediaTypes = {
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  index: 'application/vnd.oci.image.index.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar',
  layerGzip: 'application/vnd.oci.image.layer.v1.tar+gzip',
  layerZstd: 'application/vnd.oci.image.layer.v1.tar+zstd',
  empty: 'application/vnd.oci.empty.v1+json',
  dockerManifest: 'application/vnd.docker.distribution.manifest.v2+json',
  dockerIndex: 'application/vnd.docker.distribution.manifest.list.v2+json',
  dockerConfig: 'application/vnd.docker.container.image.v1+json',
} as const;

export const manifestMediaTypes: readonly string[] = [mediaTypes.manifest, mediaTypes.dockerManifest];
export const indexMediaTypes: readonly string[] = [mediaTypes.index, mediaTypes.dockerIndex];

/** What a client says it accepts when it asks for a manifest. */
export const acceptedManifests = [...manifestMediaTypes, ...indexMediaTypes].join(', ');
