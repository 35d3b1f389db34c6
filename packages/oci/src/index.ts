export { type BlobStore, DirectoryBlobStore, readBlob, type StoredBlob } from './blob-store.ts';
export type { Credentials } from './client/auth.ts';
export {
  type BlobTransfer,
  type PulledManifest,
  RegistryClient,
  type RegistryClientOptions,
} from './client/client.ts';
export { RegistryFailure } from './client/failure.ts';
export { type Descriptor, type Platform, parseDescriptor } from './descriptor.ts';
export { algorithmOf, type Digest, Digester, digestOf, hexOf, isDigest, parseDigest } from './digest.ts';
export { OciError, type OciErrorCode, whileDoing } from './errors.ts';
export {
  type ContainerConfig,
  type Healthcheck,
  type HistoryEntry,
  type ImageConfig,
  parseImageConfig,
} from './image-config.ts';
export { type Layer, type LayerEntry, layerTar, parentDirectories, writeLayer } from './layer.ts';
export { layerPath } from './layer-path.ts';
export {
  createLayout,
  type Layout,
  openLayout,
  readIndex,
  readLayoutManifest,
  writeIndex,
  writeJson,
} from './layout.ts';
export { encodeJson, type ImageIndex, type ImageManifest, type Manifest, parseManifest } from './manifest.ts';
export { mediaTypes } from './media-type.ts';
export { formatReference, isRepositoryName, isTag, parseReference, type Reference } from './reference.ts';
export type { Authorize, RegistryAction } from './server/call.ts';
export { RegistryError, type RegistryErrorCode } from './server/errors.ts';
export { toStored } from './server/manifests.ts';
export { MemoryRegistryStorage } from './server/memory-storage.ts';
export { createRegistry, type RegistryHandler, type RegistryOptions } from './server/registry.ts';
export type { ManifestReference, RegistryStorage, StoredManifest } from './server/storage.ts';
export { readTar, type TarEntry } from './tar/reader.ts';
export { type UnpackLimits, unpackLayer } from './unpack.ts';
