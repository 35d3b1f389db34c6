import { type FileHandle, open } from 'node:fs/promises';
import type { Context } from '../../core/context.ts';
import type { Body } from './body.ts';
import type { Buckets } from './buckets.ts';
import type { ContentFiles } from './content.ts';
import { s3Error } from './errors.ts';
import type { ObjectHeaders, ObjectRow, S3Tables, StoredContent } from './tables.ts';

/** Under which condition a write happens: `If-Match`, `If-None-Match: *`. */
export interface WriteCondition {
  ifMatch?: string;
  ifAbsent?: boolean;
}

export interface Write extends WriteCondition {
  bucket: string;
  key: string;
  headers: ObjectHeaders;
}

interface Parts {
  context: Pick<Context, 'clock' | 'store'>;
  tables: S3Tables;
  buckets: Buckets;
  content: ContentFiles;
}

/** Objects: their rows in the store, their content in files. */
export class Objects {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async put(write: Write, body: Body): Promise<ObjectRow> {
    this.#check(write);
    const stored = await this.#parts.content.write(body);
    return this.commit(write, stored);
  }

  /** Makes stored content an object; the condition is checked in the same transaction. What it replaces is removed. */
  async commit(write: Write, stored: StoredContent, alongside: () => void = () => {}): Promise<ObjectRow> {
    const { context, tables, content } = this.#parts;
    const { bucket, key, headers } = write;
    const row: ObjectRow = { key, ...stored, headers, lastModified: context.clock.now() };
    let replaced: ObjectRow | undefined;
    try {
      context.store.transaction(() => {
        this.#check(write);
        replaced = tables.objects.get(`${bucket}/${key}`);
        tables.objects.put(`${bucket}/${key}`, row);
        alongside();
      });
    } catch (error) {
      await content.remove(stored.file);
      throw error;
    }
    if (replaced !== undefined) await content.remove(replaced.file);
    return row;
  }

  /** Throws NoSuchBucket or NoSuchKey. */
  get(bucket: string, key: string): ObjectRow {
    this.#parts.buckets.get(bucket);
    const row = this.#parts.tables.objects.get(`${bucket}/${key}`);
    if (row === undefined) throw s3Error('NoSuchKey');
    return row;
  }

  /** An object with its content open, which then stays readable whatever happens to the object. */
  async open(bucket: string, key: string): Promise<{ row: ObjectRow; file: FileHandle }> {
    const row = this.get(bucket, key);
    try {
      return { row, file: await open(this.path(row), 'r') };
    } catch (error) {
      const wasReplaced = this.get(bucket, key).file !== row.file;
      if (wasReplaced) return this.open(bucket, key);
      throw error;
    }
  }

  path(row: StoredContent): string {
    return this.#parts.content.path(row.file);
  }

  /** Copies content and, unless others are given, the headers. */
  async copy(
    from: { bucket: string; key: string },
    to: Omit<Write, 'headers'> & { headers?: ObjectHeaders },
  ) {
    const source = this.get(from.bucket, from.key);
    const write = { ...to, headers: to.headers ?? source.headers };
    this.#check(write);
    const { file: _, ...same } = storedIn(source);
    return this.commit(write, { ...same, file: await this.#parts.content.copy(this.path(source)) });
  }

  /** Deleting what is not there is a success. */
  async delete(bucket: string, key: string): Promise<void> {
    this.#parts.buckets.get(bucket);
    const row = this.#parts.tables.objects.get(`${bucket}/${key}`);
    if (row === undefined) return;
    this.#parts.tables.objects.delete(`${bucket}/${key}`);
    await this.#parts.content.remove(row.file);
  }

  list(bucket: string, prefix: string): ObjectRow[] {
    this.#parts.buckets.get(bucket);
    return this.#parts.tables.objects.values(`${bucket}/${prefix}`);
  }

  #check({ bucket, key, ifMatch, ifAbsent }: Write): void {
    this.#parts.buckets.get(bucket);
    if (key === '' || Buffer.byteLength(key) > 1024) throw s3Error('KeyTooLongError');
    const row = this.#parts.tables.objects.get(`${bucket}/${key}`);
    if (ifAbsent === true && row !== undefined) throw s3Error('PreconditionFailed');
    if (ifMatch !== undefined && row === undefined) throw s3Error('NoSuchKey');
    if (ifMatch !== undefined && `"${row?.etag}"` !== ifMatch && row?.etag !== ifMatch)
      throw s3Error('PreconditionFailed');
  }
}

function storedIn({ file, size, etag, checksum }: ObjectRow): StoredContent {
  return { file, size, etag, ...(checksum === undefined ? {} : { checksum }) };
}
