import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Context } from '../../core/context.ts';
import { isBucketName } from './buckets.ts';
import { s3Error } from './errors.ts';
import type { ObjectHeaders } from './tables.ts';

/** One request as the operations see it. */
export interface S3Request {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Empty for the service itself. */
  readonly bucket: string;
  /** Empty for the bucket itself. */
  readonly key: string;
  readonly query: URLSearchParams;
}

/** Reads bucket and key, path-style or from a `<bucket>.localhost` host. Throws InvalidBucketName. */
export function readTarget(request: IncomingMessage): Pick<S3Request, 'bucket' | 'key' | 'query'> {
  const [path, query] = splitOnce(request.url ?? '/', '?');
  const host = /^(.+?)(?:\.s3)?(?:\.[a-z0-9-]+)?\.localhost(?::\d+)?$/.exec(request.headers.host ?? '')?.[1];
  const fromHost = host !== undefined && isBucketName(host) ? host : undefined;
  const decoded = decode(path.replace(/^\//, ''));
  const [bucket, key] = fromHost === undefined ? splitOnce(decoded, '/') : [fromHost, decoded];
  if (bucket !== '' && !isBucketName(bucket)) throw s3Error('InvalidBucketName');
  return { bucket, key, query: new URLSearchParams(query) };
}

/** Refuses a presigned address whose time is over. */
export function requireCurrent(query: URLSearchParams, clock: Context['clock']): void {
  const date = query.get('X-Amz-Date');
  const expires = query.get('X-Amz-Expires');
  if (date === null || expires === null) return;
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date);
  const [year, month, day, hour, minute, second] = (match ?? []).slice(1).map(Number);
  const signed = Date.UTC(year ?? Number.NaN, (month ?? 1) - 1, day, hour, minute, second);
  if (!(signed + Number(expires) * 1000 > clock.now())) throw s3Error('AccessDenied', 'Request has expired');
}

const standardHeaders = [
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'expires',
] as const;

/** What is kept of the headers of an upload. Throws MetadataTooLarge above 2 KB of metadata. */
export function readObjectHeaders({ headers }: IncomingMessage): ObjectHeaders {
  const standard: Record<string, string> = {};
  for (const name of standardHeaders) {
    const value = String(headers[name] ?? '');
    const kept = name === 'content-encoding' ? withoutChunked(value) : value;
    if (kept !== '') standard[name] = kept;
  }
  const metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (name.startsWith('x-amz-meta-')) metadata[name.slice('x-amz-meta-'.length)] = String(value);
  }
  const size = Object.entries(metadata).reduce(
    (sum, [name, value]) => sum + name.length + Buffer.byteLength(value),
    0,
  );
  if (size > 2048) throw s3Error('MetadataTooLarge');
  return { contentType: headers['content-type'] ?? 'application/octet-stream', standard, metadata };
}

/** `/bucket/key` as CopyObject names its source. */
export function readCopySource(header: string): { bucket: string; key: string } {
  const [path] = splitOnce(header, '?');
  const [bucket, key] = splitOnce(decode(path.replace(/^\//, '')), '/');
  if (!isBucketName(bucket) || key === '') {
    throw s3Error(
      'InvalidArgument',
      'Copy Source must mention the source bucket and key: sourcebucket/sourcekey',
    );
  }
  return { bucket, key };
}

function withoutChunked(value: string): string {
  const parts = value.split(',').map(part => part.trim());
  return parts.filter(part => part !== 'aws-chunked' && part !== '').join(',');
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw s3Error('InvalidArgument', 'the address is not properly encoded');
  }
}
