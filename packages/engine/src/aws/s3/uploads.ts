import { createHash } from 'node:crypto';
import type { Context } from '../../core/context.ts';
import type { Body } from './body.ts';
import type { Buckets } from './buckets.ts';
import type { ContentFiles } from './content.ts';
import { s3Error } from './errors.ts';
import type { Objects, WriteCondition } from './objects.ts';
import type { ObjectHeaders, ObjectRow, PartRow, S3Tables, UploadRow } from './tables.ts';

const leastPartSize = 5 * 1024 * 1024;

interface Parts {
  context: Pick<Context, 'clock' | 'ids' | 'store'>;
  tables: S3Tables;
  buckets: Buckets;
  objects: Objects;
  content: ContentFiles;
}

/** Multipart uploads. https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html */
export class Uploads {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  begin(bucket: string, key: string, headers: ObjectHeaders): UploadRow {
    const { buckets, context, tables } = this.#parts;
    buckets.get(bucket);
    if (key === '' || Buffer.byteLength(key) > 1024) throw s3Error('KeyTooLongError');
    const row = { id: context.ids.hex(32), key, headers, initiated: context.clock.now() };
    tables.uploads.put(`${bucket}/${row.id}`, row);
    return row;
  }

  /** Throws NoSuchUpload. */
  get(bucket: string, key: string, id: string): UploadRow {
    this.#parts.buckets.get(bucket);
    const row = this.#parts.tables.uploads.get(`${bucket}/${id}`);
    if (row?.key !== key) throw s3Error('NoSuchUpload');
    return row;
  }

  /** Stores a part; the same number again replaces it. */
  async putPart(bucket: string, key: string, id: string, number: number, body: Body): Promise<PartRow> {
    const { context, tables, content } = this.#parts;
    this.get(bucket, key, id);
    if (!Number.isInteger(number) || number < 1 || number > 10_000) {
      throw s3Error('InvalidArgument', 'Part number must be an integer between 1 and 10000, inclusive');
    }
    const row: PartRow = { ...(await content.write(body)), number, lastModified: context.clock.now() };
    const place = `${bucket}/${id}/${String(number).padStart(5, '0')}`;
    const replaced = tables.parts.get(place);
    tables.parts.put(place, row);
    if (replaced !== undefined) await content.remove(replaced.file);
    return row;
  }

  list(bucket: string): UploadRow[] {
    this.#parts.buckets.get(bucket);
    return this.#parts.tables.uploads.values(`${bucket}/`);
  }

  parts(bucket: string, id: string): PartRow[] {
    return this.#parts.tables.parts.values(`${bucket}/${id}/`);
  }

  /** Makes the named parts an object. Throws InvalidPart, InvalidPartOrder, EntityTooSmall. */
  async complete(
    bucket: string,
    key: string,
    id: string,
    named: readonly { number: number; etag: string }[],
    condition: WriteCondition,
  ): Promise<ObjectRow> {
    const { headers } = this.get(bucket, key, id);
    const all = this.parts(bucket, id);
    const chosen = chooseParts(all, named);
    const file = await this.#parts.content.join(chosen.map(part => part.file));
    const stored = {
      file,
      size: chosen.reduce((sum, part) => sum + part.size, 0),
      etag: combinedEtag(chosen),
    };
    const row = await this.#parts.objects.commit({ bucket, key, headers, ...condition }, stored, () =>
      this.#forget(bucket, id),
    );
    for (const part of all) await this.#parts.content.remove(part.file);
    return row;
  }

  async abort(bucket: string, key: string, id: string): Promise<void> {
    this.get(bucket, key, id);
    const all = this.parts(bucket, id);
    this.#parts.context.store.transaction(() => this.#forget(bucket, id));
    for (const part of all) await this.#parts.content.remove(part.file);
  }

  #forget(bucket: string, id: string): void {
    const { tables } = this.#parts;
    for (const key of tables.parts.keys(`${bucket}/${id}/`)) tables.parts.delete(key);
    tables.uploads.delete(`${bucket}/${id}`);
  }
}

function chooseParts(all: readonly PartRow[], named: readonly { number: number; etag: string }[]): PartRow[] {
  if (named.length === 0) throw s3Error('MalformedXML');
  const chosen = named.map(({ number, etag }, index) => {
    if (index > 0 && named[index - 1]!.number >= number) throw s3Error('InvalidPartOrder');
    const part = all.find(each => each.number === number && each.etag === etag.replaceAll('"', ''));
    if (part === undefined) throw s3Error('InvalidPart');
    return part;
  });
  if (chosen.slice(0, -1).some(part => part.size < leastPartSize)) throw s3Error('EntityTooSmall');
  return chosen;
}

function combinedEtag(parts: readonly PartRow[]): string {
  const hash = createHash('md5');
  for (const { etag } of parts) hash.update(Buffer.from(etag, 'hex'));
  return `${hash.digest('hex')}-${parts.length}`;
}
