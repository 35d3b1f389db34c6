import type { BlobStore } from '../blob-store.ts';
import type { Digest } from '../digest.ts';

type Awaitable<T> = T | Promise<T>;

/** A manifest as it was pushed, with what lists and referrers need of it. */
export interface StoredManifest {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
  /** The artifact type, or for a plain image the type of its config. */
  readonly artifactType?: string;
  readonly subject?: Digest;
  readonly annotations?: Readonly<Record<string, string>>;
}

export type ManifestReference = { readonly tag: string } | { readonly digest: Digest };

/**
 * What a registry keeps. Blobs are shared by all repositories; a repository sees those that were pushed or mounted
 * into it. Every method may throw a RegistryError, which goes to the client: that is how policies refuse.
 */
export interface RegistryStorage {
  readonly blobs: BlobStore;
  hasRepository(repository: string): Awaitable<boolean>;
  /** Called before anything is pushed: creates the repository or refuses. */
  prepareForPush(repository: string): Awaitable<void>;
  hasBlob(repository: string, digest: Digest): Awaitable<boolean>;
  linkBlob(repository: string, digest: Digest): Awaitable<void>;
  unlinkBlob(repository: string, digest: Digest): Awaitable<boolean>;
  getManifest(repository: string, reference: ManifestReference): Awaitable<StoredManifest | undefined>;
  /** Stores the manifest and points the tags at it, all or nothing. */
  putManifest(repository: string, manifest: StoredManifest, tags: readonly string[]): Awaitable<void>;
  /** Removes a manifest with its tags. */
  deleteManifest(repository: string, digest: Digest): Awaitable<boolean>;
  deleteTag(repository: string, tag: string): Awaitable<boolean>;
  listTags(repository: string): Awaitable<readonly string[]>;
  listReferrers(repository: string, subject: Digest): Awaitable<readonly StoredManifest[]>;
}
