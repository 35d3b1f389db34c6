import { answerEmpty, answerXml } from './answer.ts';
import { readText } from './body.ts';
import { s3Error } from './errors.ts';
import type { FaceParts } from './face.ts';
import { listPage } from './listing.ts';
import type { S3Request } from './request.ts';
import type { ObjectRow } from './tables.ts';
import type { XmlRecord } from './xml.ts';

export type BucketOperations = ReturnType<typeof bucketOperations>;

export function bucketOperations({ context, buckets, objects }: FaceParts) {
  return {
    listBuckets(call: S3Request): void {
      const all = buckets
        .list()
        .map(({ name, createdAt }) => ({ Name: name, CreationDate: new Date(createdAt) }));
      answerXml(call, 'ListAllMyBucketsResult', { Owner: { ID: context.account }, Buckets: { Bucket: all } });
    },
    async createBucket(call: S3Request): Promise<void> {
      await readText(call.request);
      buckets.create({ name: call.bucket });
      answerEmpty(call, 200, { location: `/${call.bucket}` });
    },
    headBucket(call: S3Request): void {
      buckets.get(call.bucket);
      answerEmpty(call, 200, { 'x-amz-bucket-region': context.region });
    },
    deleteBucket(call: S3Request): void {
      buckets.delete(call.bucket);
      answerEmpty(call, 204);
    },
    getLocation(call: S3Request): void {
      buckets.get(call.bucket);
      answerXml(call, 'LocationConstraint', {});
    },
    getVersioning(call: S3Request): void {
      buckets.get(call.bucket);
      answerXml(call, 'VersioningConfiguration', {});
    },
    getPolicy(call: S3Request): void {
      const { policy } = buckets.get(call.bucket);
      if (policy === undefined) throw s3Error('NoSuchBucketPolicy');
      call.response.writeHead(200, { 'content-type': 'application/json' });
      call.response.end(policy);
    },
    /** Each object has the one version that an unversioned bucket gives it. */
    listVersions(call: S3Request): void {
      const { bucket, query } = call;
      const input = {
        prefix: query.get('prefix') ?? '',
        delimiter: query.get('delimiter') ?? '',
        limit: readLimit(query.get('max-keys')),
        after: query.get('key-marker') ?? '',
      };
      const page = listPage(objects.list(bucket, input.prefix), input);
      const encode = query.get('encoding-type') === 'url' ? encodeKey : (text: string) => text;
      answerXml(call, 'ListVersionsResult', {
        ...{
          Name: bucket,
          Prefix: encode(input.prefix),
          KeyMarker: encode(input.after),
          MaxKeys: input.limit,
        },
        ...(query.has('encoding-type') ? { EncodingType: 'url' } : {}),
        IsTruncated: page.next !== undefined,
        NextKeyMarker: page.next === undefined ? undefined : encode(page.next),
        Version: page.objects.map(row => ({ ...describe(row, encode), VersionId: 'null', IsLatest: true })),
        CommonPrefixes: page.commonPrefixes.map(prefix => ({ Prefix: encode(prefix) })),
      });
    },
    listObjects(call: S3Request): void {
      const { bucket, query } = call;
      const isSecond = query.get('list-type') === '2';
      const input = {
        prefix: query.get('prefix') ?? '',
        delimiter: query.get('delimiter') ?? '',
        limit: readLimit(query.get('max-keys')),
        after: isSecond ? readToken(query) : (query.get('marker') ?? ''),
      };
      const page = listPage(objects.list(bucket, input.prefix), input);
      const encode = query.get('encoding-type') === 'url' ? encodeKey : (text: string) => text;
      const common = {
        ...{ Name: bucket, Prefix: encode(input.prefix), MaxKeys: input.limit },
        ...(input.delimiter === '' ? {} : { Delimiter: encode(input.delimiter) }),
        ...(query.has('encoding-type') ? { EncodingType: 'url' } : {}),
        IsTruncated: page.next !== undefined,
        Contents: page.objects.map(row => describe(row, encode)),
        CommonPrefixes: page.commonPrefixes.map(prefix => ({ Prefix: encode(prefix) })),
      };
      const next = isSecond
        ? { ...secondPaging(query, page.next), KeyCount: page.objects.length + page.commonPrefixes.length }
        : {
            Marker: encode(input.after),
            NextMarker: page.next === undefined ? undefined : encode(page.next),
          };
      answerXml(call, 'ListBucketResult', { ...common, ...next });
    },
  };
}

function describe({ key, lastModified, etag, size }: ObjectRow, encode: (text: string) => string): XmlRecord {
  const modified = new Date(lastModified);
  return {
    Key: encode(key),
    LastModified: modified,
    ETag: `"${etag}"`,
    Size: size,
    StorageClass: 'STANDARD',
  };
}

function secondPaging(query: URLSearchParams, next: string | undefined): XmlRecord {
  return {
    StartAfter: query.get('start-after') ?? undefined,
    ContinuationToken: query.get('continuation-token') ?? undefined,
    NextContinuationToken: next === undefined ? undefined : Buffer.from(next).toString('base64url'),
  };
}

function readToken(query: URLSearchParams): string {
  const token = query.get('continuation-token');
  return token === null ? (query.get('start-after') ?? '') : Buffer.from(token, 'base64url').toString('utf8');
}

function readLimit(text: string | null): number {
  if (text === null) return 1000;
  if (!/^\d{1,9}$/.test(text)) throw s3Error('InvalidArgument', 'Argument max-keys must be an integer');
  return Math.min(1000, Number(text));
}

function encodeKey(text: string): string {
  return encodeURIComponent(text).replaceAll('%2F', '/');
}
