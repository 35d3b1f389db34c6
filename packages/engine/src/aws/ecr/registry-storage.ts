import {
  type BlobStore,
  type Digest,
  type ManifestReference,
  parseManifest,
  RegistryError,
  type RegistryStorage,
  readBlob,
  type StoredManifest,
} from '@slipway/oci';
import type { Context } from '../../core/context.ts';
import type { PullThroughCache } from './pull-through-cache.ts';
import { type Repositories, unknownRepository } from './repository.ts';
import type { EcrTables, ImageRow } from './tables.ts';

interface Parts {
  context: Pick<Context, 'account' | 'clock' | 'store'>;
  tables: EcrTables;
  repositories: Repositories;
  cache: PullThroughCache;
  blobs: BlobStore;
}

/** The registry's repositories, images and tags in the engine's store; blobs, manifests among them, on disk. */
export class EcrStorage implements RegistryStorage {
  readonly blobs: BlobStore;
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.blobs = parts.blobs;
    this.#parts = parts;
  }

  hasRepository(name: string): boolean {
    return this.#parts.repositories.find(name) !== undefined || this.#parts.cache.serves(name);
  }

  /** As in AWS a push does not make the repository. */
  prepareForPush(name: string): void {
    if (this.#parts.repositories.find(name) !== undefined) return;
    throw new RegistryError('NAME_UNKNOWN', unknownRepository(name, this.#parts.context));
  }

  hasBlob(name: string, digest: Digest): boolean {
    return this.#parts.tables.blobs.get(`${name}@${digest}`) === true;
  }

  linkBlob(name: string, digest: Digest): void {
    this.#parts.tables.blobs.put(`${name}@${digest}`, true);
  }

  unlinkBlob(name: string, digest: Digest): boolean {
    const isThere = this.hasBlob(name, digest);
    this.#parts.tables.blobs.delete(`${name}@${digest}`);
    return isThere;
  }

  async getManifest(name: string, reference: ManifestReference): Promise<StoredManifest | undefined> {
    await this.#parts.cache.fill(name);
    const { images, tags } = this.#parts.tables;
    const digest = 'tag' in reference ? tags.get(`${name}:${reference.tag}`)?.digest : reference.digest;
    const row = digest === undefined ? undefined : images.get(`${name}@${digest}`);
    return row === undefined ? undefined : this.#load(row);
  }

  async putManifest(name: string, manifest: StoredManifest, newTags: readonly string[]): Promise<void> {
    const { context, tables, repositories } = this.#parts;
    await this.blobs.write([manifest.bytes], manifest.digest);
    context.store.transaction(() => {
      this.prepareForPush(name);
      this.#refuseTaken(name, manifest.digest, newTags);
      const key = `${name}@${manifest.digest}`;
      const isKnown = tables.images.get(key) !== undefined;
      const moved = newTags.filter(tag => tables.tags.get(`${name}:${tag}`)?.digest !== manifest.digest);
      if (!isKnown) tables.images.put(key, toRow(name, manifest, context.clock.now()));
      for (const tag of moved) tables.tags.put(`${name}:${tag}`, { tag, digest: manifest.digest });
      for (const tag of moved) repositories.tellPush(name, manifest.digest, tag);
      if (!isKnown && newTags.length === 0) repositories.tellPush(name, manifest.digest);
    });
  }

  deleteManifest(name: string, digest: Digest): boolean {
    return this.#parts.repositories.deleteImage(name, digest);
  }

  deleteTag(name: string, tag: string): boolean {
    return this.#parts.repositories.deleteTag(name, tag) !== undefined;
  }

  listTags(name: string): string[] {
    return this.#parts.repositories.tagsOf(name);
  }

  async listReferrers(name: string, subject: Digest): Promise<StoredManifest[]> {
    const rows = this.#parts.tables.images.values(`${name}@`).filter(row => row.subject === subject);
    return Promise.all(rows.map(row => this.#load(row)));
  }

  /** https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html */
  #refuseTaken(name: string, digest: Digest, newTags: readonly string[]): void {
    if (this.#parts.repositories.get(name).tagMutability !== 'IMMUTABLE') return;
    for (const tag of newTags) {
      const taken = this.#parts.tables.tags.get(`${name}:${tag}`);
      if (taken === undefined || taken.digest === digest) continue;
      const why = `The image tag '${tag}' already exists in the '${name}' repository and cannot be overwritten because the repository is immutable.`;
      throw new RegistryError('TAG_INVALID', why);
    }
  }

  async #load(row: ImageRow): Promise<StoredManifest> {
    return { ...row, bytes: await readBlob(this.blobs, row.digest) };
  }
}

function toRow(repository: string, { bytes, ...manifest }: StoredManifest, pushedAt: number): ImageRow {
  const parsed = parseManifest(bytes, manifest.mediaType);
  const parts = parsed.kind === 'image' ? [parsed.config, ...parsed.layers] : parsed.manifests;
  return { repository, ...manifest, pushedAt, size: parts.reduce((sum, { size }) => sum + size, 0) };
}
