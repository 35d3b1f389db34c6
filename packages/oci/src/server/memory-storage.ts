import type { BlobStore } from '../blob-store.ts';
import type { Digest } from '../digest.ts';
import type { ManifestReference, RegistryStorage, StoredManifest } from './storage.ts';

interface Repository {
  readonly blobs: Set<Digest>;
  readonly manifests: Map<Digest, StoredManifest>;
  readonly tags: Map<string, Digest>;
}

/** Repositories in memory, made at the first push; the blobs are wherever the given store keeps them. */
export class MemoryRegistryStorage implements RegistryStorage {
  readonly blobs: BlobStore;
  readonly #repositories = new Map<string, Repository>();

  constructor(blobs: BlobStore) {
    this.blobs = blobs;
  }

  hasRepository(name: string): boolean {
    return this.#repositories.has(name);
  }

  prepareForPush(name: string): void {
    if (!this.#repositories.has(name)) {
      this.#repositories.set(name, { blobs: new Set(), manifests: new Map(), tags: new Map() });
    }
  }

  hasBlob(name: string, digest: Digest): boolean {
    return this.#repositories.get(name)?.blobs.has(digest) ?? false;
  }

  linkBlob(name: string, digest: Digest): void {
    this.#repositories.get(name)!.blobs.add(digest);
  }

  unlinkBlob(name: string, digest: Digest): boolean {
    return this.#repositories.get(name)?.blobs.delete(digest) ?? false;
  }

  getManifest(name: string, reference: ManifestReference): StoredManifest | undefined {
    const repository = this.#repositories.get(name);
    const digest = 'tag' in reference ? repository?.tags.get(reference.tag) : reference.digest;
    return digest === undefined ? undefined : repository?.manifests.get(digest);
  }

  putManifest(name: string, manifest: StoredManifest, tags: readonly string[]): void {
    const repository = this.#repositories.get(name)!;
    repository.manifests.set(manifest.digest, manifest);
    for (const tag of tags) repository.tags.set(tag, manifest.digest);
  }

  deleteManifest(name: string, digest: Digest): boolean {
    const repository = this.#repositories.get(name);
    if (repository === undefined || !repository.manifests.delete(digest)) return false;
    for (const [tag, target] of repository.tags) if (target === digest) repository.tags.delete(tag);
    return true;
  }

  deleteTag(name: string, tag: string): boolean {
    return this.#repositories.get(name)?.tags.delete(tag) ?? false;
  }

  listTags(name: string): string[] {
    return [...(this.#repositories.get(name)?.tags.keys() ?? [])];
  }

  listReferrers(name: string, subject: Digest): StoredManifest[] {
    return [...(this.#repositories.get(name)?.manifests.values() ?? [])].filter(
      each => each.subject === subject,
    );
  }
}
