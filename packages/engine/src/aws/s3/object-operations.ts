import { pipeline } from 'node:stream/promises';
import { answerEmpty, answerXml } from './answer.ts';
import { readText, readUpload } from './body.ts';
import type { Checksum } from './checksum.ts';
import { s3Error } from './errors.ts';
import type { FaceParts } from './face.ts';
import type { WriteCondition } from './objects.ts';
import { type Range, readRange } from './range.ts';
import { readCopySource, readObjectHeaders, type S3Request } from './request.ts';
import type { ObjectRow } from './tables.ts';
import { elements, parseDocument } from './xml.ts';

export function objectOperations({ objects }: FaceParts) {
  return {
    async put(call: S3Request): Promise<void> {
      const { request, bucket, key } = call;
      const source = request.headers['x-amz-copy-source'];
      if (source !== undefined) return copy(call, String(source));
      const write = { bucket, key, headers: readObjectHeaders(request), ...readCondition(call) };
      const row = await objects.put(write, readUpload(request));
      answerEmpty(call, 200, { etag: `"${row.etag}"`, ...checksumHeaders(row.checksum) });
    },
    head(call: S3Request): void {
      const row = objects.get(call.bucket, call.key);
      if (isUnchanged(call, row)) {
        answerEmpty(call, 304, { etag: `"${row.etag}"` });
      } else {
        begin(call, row);
        call.response.end();
      }
    },
    async get(call: S3Request): Promise<void> {
      const { row, file } = await objects.open(call.bucket, call.key);
      try {
        if (isUnchanged(call, row)) return answerEmpty(call, 304, { etag: `"${row.etag}"` });
        const range = begin(call, row);
        const options = { highWaterMark: 256 * 1024, autoClose: false, ...range };
        if (row.size === 0) call.response.end();
        else await pipeline(file.createReadStream(options), call.response);
      } finally {
        await file.close();
      }
    },
    async delete(call: S3Request): Promise<void> {
      await objects.delete(call.bucket, call.key);
      answerEmpty(call, 204);
    },
    async deleteMany(call: S3Request): Promise<void> {
      const document = parseDocument(await readText(call.request), 'Delete');
      const keys = elements(document.Object).map(({ Key }) => String(Key ?? ''));
      if (keys.length === 0 || keys.length > 1000) throw s3Error('MalformedXML');
      for (const key of keys) await objects.delete(call.bucket, key);
      const isQuiet = document.Quiet === 'true';
      answerXml(call, 'DeleteResult', isQuiet ? {} : { Deleted: keys.map(key => ({ Key: key })) });
    },
  };

  async function copy(call: S3Request, header: string): Promise<void> {
    const { request, bucket, key } = call;
    const from = readCopySource(header);
    const isReplaced = request.headers['x-amz-metadata-directive'] === 'REPLACE';
    if (from.bucket === bucket && from.key === key && !isReplaced) {
      throw s3Error(
        'InvalidRequest',
        'This copy request is illegal because it is trying to copy an object to itself.',
      );
    }
    const headers = isReplaced ? { headers: readObjectHeaders(request) } : {};
    const row = await objects.copy(from, { bucket, key, ...headers, ...readCondition(call) });
    answerXml(call, 'CopyObjectResult', { ETag: `"${row.etag}"`, LastModified: new Date(row.lastModified) });
  }
}

/** `If-None-Match` of a write takes nothing but `*`. */
export function readCondition({ request }: S3Request): WriteCondition {
  const { 'if-match': match, 'if-none-match': noneMatch } = request.headers;
  if (noneMatch !== undefined && noneMatch !== '*')
    throw s3Error('NotImplemented', 'If-None-Match of a write takes *');
  return {
    ...(match === undefined ? {} : { ifMatch: match }),
    ...(noneMatch === undefined ? {} : { ifAbsent: true }),
  };
}

/** The conditions of a read: 304 for what the reader has already, PreconditionFailed for what it does not want. */
function isUnchanged({ request }: S3Request, { etag, lastModified }: ObjectRow): boolean {
  const { 'if-match': match, 'if-none-match': noneMatch } = request.headers;
  const names = (list: string) => list.split(',').map(each => each.trim().replaceAll('"', ''));
  const hasTag = (list: string) => list === '*' || names(list).includes(etag);
  const seconds = Math.floor(lastModified / 1000) * 1000;
  const unmodifiedSince = Date.parse(request.headers['if-unmodified-since'] ?? '');
  const modifiedSince = Date.parse(request.headers['if-modified-since'] ?? '');
  if (match !== undefined && !hasTag(match)) throw s3Error('PreconditionFailed');
  if (match === undefined && seconds > unmodifiedSince) throw s3Error('PreconditionFailed');
  if (noneMatch !== undefined) return hasTag(noneMatch);
  return seconds <= modifiedSince;
}

/** Sends status and headers. Returns the part of the content that is asked for, undefined for all. */
function begin({ request, response, query }: S3Request, row: ObjectRow): Range | undefined {
  const range = readRange(request.headers.range, row.size);
  const wantsChecksum = range === undefined && request.headers['x-amz-checksum-mode'] === 'ENABLED';
  response.writeHead(range === undefined ? 200 : 206, {
    ...describe(row, query),
    'content-length': range === undefined ? row.size : range.end - range.start + 1,
    ...(range === undefined ? {} : { 'content-range': `bytes ${range.start}-${range.end}/${row.size}` }),
    ...(wantsChecksum ? checksumHeaders(row.checksum) : {}),
  });
  return range;
}

/** The headers of an answer; a presigned address may ask for others. */
function describe(
  { headers, etag, lastModified }: ObjectRow,
  query: URLSearchParams,
): Record<string, string> {
  const metadata = Object.entries(headers.metadata).map(([name, value]) => [`x-amz-meta-${name}`, value]);
  const names = [
    'content-type',
    'cache-control',
    'content-disposition',
    'content-encoding',
    'content-language',
    'expires',
  ];
  const asked = names.flatMap(name => {
    const value = query.get(`response-${name}`);
    return value === null || /[\r\n]/.test(value) ? [] : [[name, value]];
  });
  return {
    'accept-ranges': 'bytes',
    'content-type': headers.contentType,
    etag: `"${etag}"`,
    'last-modified': new Date(lastModified).toUTCString(),
    ...headers.standard,
    ...Object.fromEntries(metadata),
    ...Object.fromEntries(asked),
  };
}

function checksumHeaders(checksum: Checksum | undefined): Record<string, string> {
  if (checksum === undefined) return {};
  return { [`x-amz-checksum-${checksum.algorithm}`]: checksum.value, 'x-amz-checksum-type': 'FULL_OBJECT' };
}
