import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { BlobStore, StoredBlob } from '../blob-store.ts';
import type { Digest } from '../digest.ts';
import { OciError } from '../errors.ts';
import { RegistryError } from './errors.ts';

export interface Upload {
  readonly id: string;
  readonly repository: string;
  /** Bytes received so far. */
  offset: number;
}

interface Session extends Upload {
  readonly path: string;
  busy: boolean;
}

export interface UploadOptions {
  /** Where unfinished uploads lie; on the same file system as the blobs. Emptied when it is opened. */
  readonly directory: string;
  readonly newId: () => string;
  /** The largest blob that is taken, in bytes. */
  readonly sizeLimit: number;
  /** How many uploads may be open at once; the oldest gives way. */
  readonly openLimit: number;
}

/** Blob uploads that have begun and not ended. They do not survive a restart: clients begin again. */
export class Uploads {
  readonly #options: UploadOptions;
  readonly #sessions = new Map<string, Session>();
  #ready: Promise<void> | undefined;

  constructor(options: UploadOptions) {
    this.#options = options;
  }

  async begin(repository: string): Promise<Upload> {
    await this.#prepare();
    const id = this.#options.newId();
    const session: Session = {
      id,
      repository,
      offset: 0,
      path: join(this.#options.directory, id),
      busy: false,
    };
    await (await open(session.path, 'wx', 0o600)).close();
    this.#sessions.set(id, session);
    await this.#dropOldest();
    return session;
  }

  /** Throws BLOB_UPLOAD_UNKNOWN for an id that this repository has no upload of. */
  find(repository: string, id: string): Upload {
    return this.#session(repository, id);
  }

  /** Appends bytes; what arrived before a broken connection stays, and the client may go on from there. */
  async append(repository: string, id: string, source: AsyncIterable<Uint8Array>): Promise<Upload> {
    const session = this.#session(repository, id);
    if (session.busy)
      throw new RegistryError('BLOB_UPLOAD_INVALID', 'another request is writing to this upload');
    session.busy = true;
    const file = await open(session.path, 'a');
    try {
      for await (const chunk of source) {
        if (session.offset + chunk.byteLength > this.#options.sizeLimit) {
          throw new RegistryError('SIZE_INVALID', 'the blob is larger than this registry takes', {
            status: 413,
          });
        }
        await file.writeFile(chunk);
        session.offset += chunk.byteLength;
      }
      return session;
    } finally {
      await file.close();
      session.busy = false;
    }
  }

  /** Moves the content into the blob store. Throws DIGEST_INVALID when it is something else; the upload ends either way. */
  async finish(repository: string, id: string, digest: Digest, blobs: BlobStore): Promise<StoredBlob> {
    const session = this.#session(repository, id);
    if (session.busy)
      throw new RegistryError('BLOB_UPLOAD_INVALID', 'another request is writing to this upload');
    this.#sessions.delete(id);
    try {
      return await blobs.adopt(session.path, digest);
    } catch (error) {
      if (!(error instanceof OciError) || error.code !== 'DIGEST_MISMATCH') throw error;
      throw new RegistryError('DIGEST_INVALID', error.message);
    } finally {
      await rm(session.path, { force: true });
    }
  }

  async cancel(repository: string, id: string): Promise<void> {
    const session = this.#session(repository, id);
    this.#sessions.delete(id);
    await rm(session.path, { force: true });
  }

  #session(repository: string, id: string): Session {
    const session = this.#sessions.get(id);
    if (session?.repository === repository) return session;
    throw new RegistryError('BLOB_UPLOAD_UNKNOWN', 'there is no such upload; begin again');
  }

  #prepare(): Promise<void> {
    const { directory } = this.#options;
    this.#ready ??= rm(directory, { recursive: true, force: true })
      .then(() => mkdir(directory, { recursive: true }))
      .then(() => undefined);
    return this.#ready;
  }

  async #dropOldest(): Promise<void> {
    if (this.#sessions.size <= this.#options.openLimit) return;
    const oldest = [...this.#sessions.values()].find(session => !session.busy);
    if (oldest !== undefined) await this.cancel(oldest.repository, oldest.id);
  }
}
