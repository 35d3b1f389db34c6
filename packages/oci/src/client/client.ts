import type { BlobStore } from '../blob-store.ts';
import { algorithmOf, type Digest, Digester, digestOf, isDigest } from '../digest.ts';
import { OciError } from '../errors.ts';
import { manifestSizeLimit } from '../manifest.ts';
import { acceptedManifests } from '../media-type.ts';
import { chunksOf, collect } from './chunks.ts';
import { RegistryFailure } from './failure.ts';
import { discard, Transport, type TransportOptions } from './transport.ts';

export interface RegistryClientOptions extends TransportOptions {
  /** Blobs above this many bytes go in pieces of this size. */
  readonly chunkSize?: number;
}

export interface PulledManifest {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
  readonly digest: Digest;
}

/** How a blob got to the registry. */
export type BlobTransfer = 'present' | 'mounted' | 'uploaded';

/** Pulls from and pushes to one registry. Every failure is a RegistryFailure that says what was being done. */
export class RegistryClient {
  readonly #transport: Transport;
  readonly #chunkSize: number;

  constructor({ chunkSize = 16 * 1024 * 1024, ...options }: RegistryClientOptions) {
    this.#transport = new Transport(options);
    this.#chunkSize = chunkSize;
  }

  get host(): string {
    return this.#transport.url.host;
  }

  /** A manifest by tag or digest, or undefined when there is none. Throws DIGEST_MISMATCH for altered content. */
  async getManifest(repository: string, reference: string): Promise<PulledManifest | undefined> {
    const response = await this.#transport.send(repository, `manifests/${reference}`, {
      headers: { accept: acceptedManifests },
    });
    if (response.status === 404) return discard(response);
    await this.#transport.expect(response, [200], `reading ${repository}:${reference}`);
    const bytes = await collect(response.body, manifestSizeLimit);
    const digest = digestOf(bytes, isDigest(reference) ? algorithmOf(reference) : 'sha256');
    if (isDigest(reference) && digest !== reference) throw mismatch(this.host, reference, digest);
    return { bytes, digest, mediaType: response.headers.get('content-type') ?? '' };
  }

  /** The digest that a tag names, or undefined when there is no such tag. */
  async resolveTag(repository: string, tag: string): Promise<Digest | undefined> {
    const response = await this.#transport.send(repository, `manifests/${tag}`, {
      method: 'HEAD',
      headers: { accept: acceptedManifests },
    });
    await discard(response);
    if (response.status === 404) return undefined;
    await this.#transport.expect(response, [200], `reading ${repository}:${tag}`);
    const digest = response.headers.get('docker-content-digest');
    return isDigest(digest) ? digest : (await this.getManifest(repository, tag))?.digest;
  }

  /** Stores a manifest under a tag or its own digest. */
  async putManifest(
    repository: string,
    reference: string,
    { bytes, mediaType }: { bytes: Uint8Array; mediaType: string },
  ): Promise<Digest> {
    const response = await this.#transport.send(repository, `manifests/${reference}`, {
      method: 'PUT',
      headers: { 'content-type': mediaType },
      body: new Uint8Array(bytes),
    });
    await this.#transport.expect(response, [201], `pushing the manifest ${repository}:${reference}`);
    await discard(response);
    return digestOf(bytes, isDigest(reference) ? algorithmOf(reference) : 'sha256');
  }

  async hasBlob(repository: string, digest: Digest): Promise<boolean> {
    const response = await this.#transport.send(repository, `blobs/${digest}`, { method: 'HEAD' });
    await discard(response);
    if (response.status === 404) return false;
    await this.#transport.expect(response, [200], `looking for ${digest} in ${repository}`);
    return true;
  }

  /** The bytes of a blob as they come. Throws DIGEST_MISMATCH at their end when they are not what was asked for. */
  async *readBlob(repository: string, digest: Digest): AsyncGenerator<Uint8Array> {
    const response = await this.#transport.send(repository, `blobs/${digest}`, {});
    await this.#transport.expect(response, [200], `reading ${digest} from ${repository}`);
    const digester = new Digester(algorithmOf(digest));
    if (response.body !== null) yield* digester.watch(response.body);
    const actual = digester.digest();
    if (actual !== digest) throw mismatch(this.host, digest, actual);
  }

  /** A small blob as a whole, such as an image's config. */
  async getBlob(repository: string, digest: Digest, limit = 4 * 1024 * 1024): Promise<Uint8Array> {
    return collect(this.readBlob(repository, digest), limit);
  }

  /**
   * Makes sure that a repository has a blob: looks first, then tries to mount it from another repository of this
   * registry, then sends what `read` gives, in one piece or in chunks.
   */
  async ensureBlob(
    repository: string,
    digest: Digest,
    source: { read: () => AsyncIterable<Uint8Array>; mountFrom?: string },
  ): Promise<BlobTransfer> {
    if (await this.hasBlob(repository, digest)) return 'present';
    const started = await this.#startUpload(repository, digest, source.mountFrom);
    if (started === 'mounted') return 'mounted';
    await this.#upload(repository, digest, started, source.read());
    return 'uploaded';
  }

  /** Sends a blob out of a store; see {@link ensureBlob}. */
  async pushBlob(repository: string, digest: Digest, blobs: Pick<BlobStore, 'read'>): Promise<BlobTransfer> {
    return this.ensureBlob(repository, digest, {
      read: async function* () {
        yield* await blobs.read(digest);
      },
    });
  }

  async listTags(repository: string): Promise<string[]> {
    const tags: string[] = [];
    let last: string | undefined;
    for (;;) {
      const query = last === undefined ? '' : `?${new URLSearchParams({ last, n: '1000' })}`;
      const response = await this.#transport.send(repository, `tags/list${query}`, {});
      await this.#transport.expect(response, [200], `listing the tags of ${repository}`);
      const page = ((await response.json()) as { tags?: string[] | null }).tags ?? [];
      tags.push(...page);
      if (page.length === 0 || response.headers.get('link') === null) return tags;
      last = page.at(-1)!;
    }
  }

  async #startUpload(
    repository: string,
    digest: Digest,
    mountFrom: string | undefined,
  ): Promise<URL | 'mounted'> {
    const query =
      mountFrom === undefined ? '' : `?${new URLSearchParams({ mount: digest, from: mountFrom })}`;
    const response = await this.#transport.send(repository, `blobs/uploads/${query}`, { method: 'POST' });
    await this.#transport.expect(response, [201, 202], `beginning to push ${digest} to ${repository}`);
    await discard(response);
    return response.status === 201 ? 'mounted' : this.#location(response);
  }

  async #upload(
    repository: string,
    digest: Digest,
    started: URL,
    source: AsyncIterable<Uint8Array>,
  ): Promise<void> {
    let location = started;
    let offset = 0;
    let last = new Uint8Array();
    for await (const chunk of chunksOf(source, this.#chunkSize)) {
      if (!chunk.isLast || offset > 0) {
        location = await this.#sendChunk(repository, location, offset, chunk.bytes);
        offset += chunk.bytes.byteLength;
      } else {
        last = chunk.bytes;
      }
    }
    location.searchParams.set('digest', digest);
    const response = await this.#transport.send(repository, location, {
      method: 'PUT',
      headers: { 'content-type': 'application/octet-stream' },
      body: last,
    });
    await this.#transport.expect(response, [201], `pushing ${digest} to ${repository}`);
    await discard(response);
  }

  async #sendChunk(
    repository: string,
    location: URL,
    offset: number,
    body: Uint8Array<ArrayBuffer>,
  ): Promise<URL> {
    const response = await this.#transport.send(repository, location, {
      method: 'PATCH',
      headers: {
        'content-type': 'application/octet-stream',
        'content-range': `${offset}-${offset + body.byteLength - 1}`,
      },
      body,
    });
    await this.#transport.expect(response, [202], `pushing a piece of a blob to ${repository}`);
    await discard(response);
    return this.#location(response);
  }

  /** Where the upload goes on. A registry may name another host, but then it gets no credentials from us. */
  #location(response: Response): URL {
    const location = response.headers.get('location');
    if (location === null)
      throw new RegistryFailure(`${this.host} did not say where to upload`, response.status, []);
    return new URL(location, this.#transport.url);
  }
}

function mismatch(host: string, wanted: Digest, actual: Digest): OciError {
  return new OciError('DIGEST_MISMATCH', `${host} sent ${actual} when asked for ${wanted}`);
}
