import { createHash } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { copyFile, mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Body } from './body.ts';
import { createHasher } from './checksum.ts';
import { s3Error } from './errors.ts';
import type { StoredContent } from './tables.ts';

/** AWS's limit of one PUT. */
const sizeLimit = 5 * 1024 ** 3;

/**
 * The content of objects: files that never change, named by an id. A file is complete and on the disk before a row
 * names it; what was under way when the engine ended is removed at the next start.
 */
export class ContentFiles {
  readonly #directory: string;
  readonly #newId: () => string;
  #ready: Promise<void> | undefined;

  constructor(directory: string, newId: () => string) {
    this.#directory = directory;
    this.#newId = newId;
  }

  path(file: string): string {
    return join(this.#directory, 'content', file.slice(-2), file);
  }

  /** Stores an upload. Throws BadDigest and the like when it is not what the client meant to send. */
  async write(body: Body): Promise<StoredContent> {
    const md5 = createHash('md5');
    const sha256 = createHash('sha256');
    const hasher = body.algorithm && createHasher(body.algorithm);
    let size = 0;
    const { file, temporary } = await this.#begin();
    try {
      const handle = await open(temporary, 'wx', 0o600);
      try {
        for await (const part of body.content) {
          size += part.byteLength;
          if (size > sizeLimit) throw s3Error('EntityTooLarge');
          md5.update(part);
          sha256.update(part);
          hasher?.update(part);
          await handle.writeFile(part);
        }
        await handle.sync();
      } finally {
        await handle.close();
      }
      const etag = md5.digest();
      const computed = hasher?.digest().toString('base64');
      verify(body, { size, md5: etag.toString('base64'), sha256: sha256.digest('hex'), checksum: computed });
      await this.#place(temporary, file);
      const checksum =
        body.algorithm && computed ? { checksum: { algorithm: body.algorithm, value: computed } } : {};
      return { file, size, etag: etag.toString('hex'), ...checksum };
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  }

  /** Another file with the same content; shares its blocks where the file system can. */
  async copy(from: string): Promise<string> {
    const { file, temporary } = await this.#begin();
    await copyFile(from, temporary, constants.COPYFILE_FICLONE);
    await this.#place(temporary, file);
    return file;
  }

  /** One file out of several, in their order. */
  async join(files: readonly string[]): Promise<string> {
    const { file, temporary } = await this.#begin();
    const handle = await open(temporary, 'wx', 0o600);
    try {
      for (const each of files) {
        for await (const part of createReadStream(this.path(each), { highWaterMark: 256 * 1024 })) {
          await handle.writeFile(part);
        }
      }
      await handle.sync();
    } finally {
      await handle.close();
    }
    await this.#place(temporary, file);
    return file;
  }

  async remove(file: string): Promise<void> {
    await rm(this.path(file), { force: true });
  }

  async #begin(): Promise<{ file: string; temporary: string }> {
    const incoming = join(this.#directory, 'incoming');
    this.#ready ??= rm(incoming, { recursive: true, force: true }).then(async () => {
      await mkdir(incoming, { recursive: true });
    });
    await this.#ready;
    const file = this.#newId();
    return { file, temporary: join(incoming, file) };
  }

  async #place(temporary: string, file: string): Promise<void> {
    await mkdir(join(this.#directory, 'content', file.slice(-2)), { recursive: true });
    await rename(temporary, this.path(file));
  }
}

interface Computed {
  size: number;
  md5: string;
  sha256: string;
  checksum: string | undefined;
}

function verify(body: Body, computed: Computed): void {
  const expected = body.expected();
  if (expected.size !== undefined && expected.size !== computed.size) throw s3Error('IncompleteBody');
  if (expected.md5 !== undefined && expected.md5 !== computed.md5) throw s3Error('BadDigest');
  if (expected.sha256 !== undefined && expected.sha256 !== computed.sha256)
    throw s3Error('XAmzContentSHA256Mismatch');
  if (expected.checksum !== undefined && expected.checksum.value !== computed.checksum) {
    const name = expected.checksum.algorithm.toUpperCase();
    throw s3Error('BadDigest', `The ${name} you specified did not match the calculated checksum.`);
  }
}
