import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { algorithmOf, type Digest, Digester, hexOf, parseDigest } from './digest.ts';
import { OciError } from './errors.ts';

export interface StoredBlob {
  readonly digest: Digest;
  readonly size: number;
}

/** Content by digest. What is in it is whole and matches its name. */
export interface BlobStore {
  /** The size in bytes, or undefined when the blob is not here. */
  size(digest: Digest): Promise<number | undefined>;
  /** The bytes from `start` to `end` (inclusive). Throws BLOB_UNKNOWN. */
  read(digest: Digest, range?: { start: number; end: number }): Promise<Readable>;
  /** Stores bytes under their sha256, or under `expected`. Throws DIGEST_MISMATCH when they are something else. */
  write(source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>, expected?: Digest): Promise<StoredBlob>;
  /** Takes over a finished file, which is moved or removed. Throws DIGEST_MISMATCH, leaving the file alone. */
  adopt(file: string, expected: Digest): Promise<StoredBlob>;
  delete(digest: Digest): Promise<boolean>;
}

/** All bytes of a small blob. Throws BLOB_UNKNOWN, or SIZE_MISMATCH beyond `limit` bytes. */
export async function readBlob(
  blobs: Pick<BlobStore, 'read'>,
  digest: Digest,
  limit = 4 * 1024 * 1024,
): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of await blobs.read(digest)) {
    size += chunk.byteLength;
    if (size > limit) throw new OciError('SIZE_MISMATCH', `${digest} is larger than ${limit} bytes`);
    parts.push(chunk);
  }
  return Buffer.concat(parts);
}

/**
 * Blobs as files `<root>/<algorithm>/<hex>`, the form an OCI image layout has. A blob appears under its name only when
 * it is complete and, unless `durable` is false, on the disk.
 */
export class DirectoryBlobStore implements BlobStore {
  readonly #root: string;
  readonly #durable: boolean;

  constructor(root: string, { durable = true }: { durable?: boolean } = {}) {
    this.#root = root;
    this.#durable = durable;
  }

  /** Where a blob is or would be. */
  path(digest: Digest): string {
    const checked = parseDigest(digest);
    return join(this.#root, algorithmOf(checked), hexOf(checked));
  }

  async size(digest: Digest): Promise<number | undefined> {
    try {
      return (await stat(this.path(digest))).size;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  async read(digest: Digest, range?: { start: number; end: number }): Promise<Readable> {
    let file: FileHandle;
    try {
      file = await open(this.path(digest), 'r');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      throw new OciError('BLOB_UNKNOWN', `there is no blob ${digest}`, { cause: error });
    }
    return file.createReadStream({ highWaterMark: 256 * 1024, ...range });
  }

  async write(
    source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    expected?: Digest,
  ): Promise<StoredBlob> {
    const temporary = join(this.#root, `.${randomUUID()}.part`);
    const digester = new Digester(expected === undefined ? 'sha256' : algorithmOf(expected));
    await mkdir(this.#root, { recursive: true });
    try {
      const file = await open(temporary, 'wx', 0o644);
      try {
        for await (const chunk of digester.watch(source)) await file.writeFile(chunk);
        if (this.#durable) await file.sync();
      } finally {
        await file.close();
      }
      const stored = matching({ digest: digester.digest(), size: digester.size }, expected);
      await this.#place(temporary, stored.digest);
      return stored;
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  }

  async adopt(path: string, expected: Digest): Promise<StoredBlob> {
    const digester = new Digester(algorithmOf(expected));
    for await (const chunk of createReadStream(path, { highWaterMark: 256 * 1024 })) digester.update(chunk);
    const stored = matching({ digest: digester.digest(), size: digester.size }, expected);
    if (this.#durable) await sync(path);
    await this.#place(path, stored.digest);
    return stored;
  }

  async delete(digest: Digest): Promise<boolean> {
    if ((await this.size(digest)) === undefined) return false;
    await rm(this.path(digest), { force: true });
    return true;
  }

  async #place(from: string, digest: Digest): Promise<void> {
    const to = this.path(digest);
    await mkdir(dirname(to), { recursive: true });
    await rename(from, to);
    if (this.#durable) await sync(dirname(to));
  }
}

function matching(actual: StoredBlob, expected: Digest | undefined): StoredBlob {
  if (expected === undefined || expected === actual.digest) return actual;
  throw new OciError('DIGEST_MISMATCH', `the content is ${actual.digest}, not ${expected}`);
}

async function sync(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
