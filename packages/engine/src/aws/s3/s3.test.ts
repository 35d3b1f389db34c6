import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  ChecksumAlgorithm,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketPolicyCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  ListPartsCommand,
  PutBucketLifecycleConfigurationCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ManualClock } from '../../core/clock.ts';
import type { Context } from '../../core/context.ts';
import { countingIds } from '../../core/ids.ts';
import { createPace } from '../../core/pace.ts';
import type { Properties, ResourceRequest } from '../../core/resource.ts';
import { openStore } from '../../core/store.ts';
import { createWire, type Wire } from '../../wire/server.ts';
import { createS3 } from './index.ts';

const Bucket = 'slipway-artifacts-123456789012-ap-northeast-1';
let clock: ManualClock;
let context: Context;
let s3: ReturnType<typeof createS3>;
let wire: Wire;
let client: S3Client;
let port: number;

beforeEach(async () => {
  clock = new ManualClock(Date.UTC(2026, 5, 1));
  context = {
    store: openStore(':memory:', clock),
    clock,
    pace: createPace(1),
    ids: countingIds(),
    account: '123456789012',
    region: 'ap-northeast-1',
    state: mkdtempSync(join(tmpdir(), 'slipway-s3-')),
    endpoint: () => '',
    log: line => console.error(line),
  };
  s3 = createS3(context);
  const onError = (error: unknown) => console.error(error);
  wire = createWire({ apis: [], faces: [s3.face], account: context.account, onError });
  ({ port } = await wire.listen(0));
  client = new S3Client({
    endpoint: `http://127.0.0.1:${port}`,
    region: context.region,
    credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'x' },
    maxAttempts: 1,
  });
  await client.send(new CreateBucketCommand({ Bucket }));
});
afterEach(async () => {
  client.destroy();
  await wire.close();
  context.store.close();
  rmSync(context.state, { recursive: true, force: true });
});

const put = (
  Key: string,
  Body: PutObjectCommandInput['Body'] = Key,
  more: Partial<PutObjectCommandInput> = {},
) => client.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
const get = async (Key: string, more: object = {}) => {
  const answer = await client.send(new GetObjectCommand({ Bucket, Key, ...more }));
  return { ...answer, text: await answer.Body!.transformToString() };
};
const contentFiles = () =>
  readdirSync(context.state, { recursive: true, withFileTypes: true }).filter(each => each.isFile());
const md5 = (text: string | Buffer) => createHash('md5').update(text).digest('hex');

describe('buckets', () => {
  test('are made, found, listed and deleted', async () => {
    await client.send(new CreateBucketCommand({ Bucket: 'other-bucket' }));
    const { Buckets } = await client.send(new ListBucketsCommand({}));
    expect(Buckets!.map(each => each.Name)).toEqual(['other-bucket', Bucket]);
    expect((await client.send(new HeadBucketCommand({ Bucket }))).BucketRegion).toBe('ap-northeast-1');
    await client.send(new DeleteBucketCommand({ Bucket: 'other-bucket' }));
    await expect(client.send(new HeadBucketCommand({ Bucket: 'other-bucket' }))).rejects.toMatchObject({
      name: 'NotFound',
    });
  });

  test('are not deleted while they hold something, not made twice, and need a proper name', async () => {
    await put('a');
    await expect(client.send(new DeleteBucketCommand({ Bucket }))).rejects.toMatchObject({
      name: 'BucketNotEmpty',
    });
    await expect(client.send(new CreateBucketCommand({ Bucket }))).rejects.toMatchObject({
      name: 'BucketAlreadyOwnedByYou',
    });
    for (const name of ['UPPER', '..', 'a', '10.0.0.1', 'a..b']) {
      const answer = await raw('PUT', `/${name}`);
      expect([name, answer.status]).toEqual([name, 400]);
    }
  });
});

describe('objects', () => {
  test('come back as they were put, with headers and metadata', async () => {
    const headers = { ContentType: 'text/plain', CacheControl: 'no-cache', Metadata: { team: 'news' } };
    expect((await put('dir/a b+ü.txt', 'hello', headers)).ETag).toBe(`"${md5('hello')}"`);
    expect(await get('dir/a b+ü.txt')).toMatchObject({
      text: 'hello',
      ...headers,
      ETag: `"${md5('hello')}"`,
      ContentLength: 5,
      LastModified: new Date(clock.now()),
      AcceptRanges: 'bytes',
    });
    const head = await client.send(new HeadObjectCommand({ Bucket, Key: 'dir/a b+ü.txt' }));
    expect(head).toMatchObject({ ContentLength: 5, ContentType: 'text/plain' });
    expect(head.ContentEncoding).toBeUndefined();
  });

  test.each(
    Object.values(ChecksumAlgorithm).filter(name =>
      ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'].includes(name),
    ),
  )('streamed with a %s arrive whole', async name => {
    const bytes = randomBytes(200_000);
    const algorithm = name === 'CRC64NVME' ? {} : { ChecksumAlgorithm: name };
    await put('big', Readable.from([bytes.subarray(0, 70_000), bytes.subarray(70_000)]), {
      ContentLength: bytes.byteLength,
      ...algorithm,
    });
    const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: 'big' }));
    expect(md5(Buffer.from(await Body!.transformToByteArray()))).toBe(md5(bytes));
  });

  test('may be empty', async () => {
    await put('empty', Buffer.alloc(0));
    expect((await get('empty')).text).toBe('');
  });

  test('that are not there are NoSuchKey, NoSuchBucket and NotFound', async () => {
    await expect(get('nothing')).rejects.toMatchObject({ name: 'NoSuchKey' });
    await expect(client.send(new GetObjectCommand({ Bucket: 'nowhere', Key: 'a' }))).rejects.toMatchObject({
      name: 'NoSuchBucket',
    });
    await expect(client.send(new HeadObjectCommand({ Bucket, Key: 'a' }))).rejects.toMatchObject({
      name: 'NotFound',
    });
  });

  test('give parts of themselves', async () => {
    await put('digits', '0123456789');
    expect(await get('digits', { Range: 'bytes=2-4' })).toMatchObject({
      text: '234',
      ContentRange: 'bytes 2-4/10',
    });
    expect((await get('digits', { Range: 'bytes=-3' })).text).toBe('789');
    expect((await get('digits', { Range: 'bytes=8-' })).text).toBe('89');
    await expect(get('digits', { Range: 'bytes=10-' })).rejects.toMatchObject({ name: 'InvalidRange' });
  });

  test('are read on conditions', async () => {
    const { ETag } = await put('a', 'x');
    await expect(get('a', { IfNoneMatch: ETag })).rejects.toMatchObject({
      $metadata: { httpStatusCode: 304 },
    });
    await expect(get('a', { IfMatch: '"other"' })).rejects.toMatchObject({ name: 'PreconditionFailed' });
    await expect(get('a', { IfModifiedSince: new Date(clock.now()) })).rejects.toMatchObject({
      $metadata: { httpStatusCode: 304 },
    });
    expect((await get('a', { IfMatch: ETag })).text).toBe('x');
  });

  test('are written on conditions', async () => {
    const { ETag } = await put('once', '1', { IfNoneMatch: '*' });
    await expect(put('once', '2', { IfNoneMatch: '*' })).rejects.toMatchObject({
      name: 'PreconditionFailed',
    });
    await put('once', '3', { IfMatch: ETag! });
    await expect(put('once', '4', { IfMatch: ETag! })).rejects.toMatchObject({ name: 'PreconditionFailed' });
    expect((await get('once')).text).toBe('3');
    expect(contentFiles()).toHaveLength(1);
  });

  test('of two writers who want to be first one wins', async () => {
    const attempts = await Promise.allSettled(
      ['a', 'b', 'c'].map(text => put('race', text, { IfNoneMatch: '*' })),
    );
    expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(contentFiles()).toHaveLength(1);
  });

  test('are replaced and deleted without a trace', async () => {
    await put('a', '1');
    await put('a', '2');
    expect(contentFiles()).toHaveLength(1);
    await client.send(new DeleteObjectCommand({ Bucket, Key: 'a' }));
    await client.send(new DeleteObjectCommand({ Bucket, Key: 'a' }));
    expect(contentFiles()).toEqual([]);
  });

  test('are deleted many at once, whatever their names', async () => {
    const keys = ['a', ' b ', '<&">', 'ü/1'];
    for (const key of keys) await put(key);
    const Delete = { Objects: [...keys, 'missing'].map(Key => ({ Key })) };
    const { Deleted } = await client.send(new DeleteObjectsCommand({ Bucket, Delete }));
    expect(Deleted!.map(each => each.Key)).toEqual([...keys, 'missing']);
    expect((await client.send(new ListObjectsV2Command({ Bucket }))).KeyCount).toBe(0);
  });

  test('are copied with their headers, or with others', async () => {
    await put('dir/from ü', 'text', { ContentType: 'text/plain', Metadata: { a: '1' } });
    const CopySource = `${Bucket}/${encodeURIComponent('dir/from ü')}`;
    await client.send(new CopyObjectCommand({ Bucket, Key: 'to', CopySource }));
    expect(await get('to')).toMatchObject({ text: 'text', ContentType: 'text/plain', Metadata: { a: '1' } });
    const replace = { MetadataDirective: 'REPLACE', ContentType: 'text/html' } as const;
    await client.send(new CopyObjectCommand({ Bucket, Key: 'dir/from ü', CopySource, ...replace }));
    expect(await get('dir/from ü')).toMatchObject({ text: 'text', ContentType: 'text/html', Metadata: {} });
    await expect(
      client.send(new CopyObjectCommand({ Bucket, Key: 'x', CopySource: `${Bucket}/nothing` })),
    ).rejects.toMatchObject({ name: 'NoSuchKey' });
    await expect(
      client.send(new CopyObjectCommand({ Bucket, Key: 'dir/from ü', CopySource })),
    ).rejects.toMatchObject({ name: 'InvalidRequest' });
  });

  test('are listed in order, by prefix and delimiter, in pages', async () => {
    for (const key of ['b/2', 'a', 'b/1', 'c', 'b/3/x']) await put(key);
    const list = (more: object) => client.send(new ListObjectsV2Command({ Bucket, ...more }));
    const top = await list({ Delimiter: '/' });
    expect(top.Contents!.map(each => each.Key)).toEqual(['a', 'c']);
    expect(top.CommonPrefixes).toEqual([{ Prefix: 'b/' }]);
    expect(top.Contents![0]).toMatchObject({
      Size: 1,
      ETag: `"${md5('a')}"`,
      LastModified: new Date(clock.now()),
    });
    const first = await list({ Prefix: 'b/', MaxKeys: 2 });
    expect(first).toMatchObject({ IsTruncated: true, KeyCount: 2 });
    const second = await list({ Prefix: 'b/', ContinuationToken: first.NextContinuationToken });
    expect(second.Contents!.map(each => each.Key)).toEqual(['b/3/x']);
    expect((await list({ StartAfter: 'b/2', EncodingType: 'url' })).Contents!.map(each => each.Key)).toEqual([
      'b/3/x',
      'c',
    ]);
    expect((await client.send(new ListObjectsCommand({ Bucket, Marker: 'b/3/x' }))).Contents).toHaveLength(1);
    await expect(client.send(new ListObjectsV2Command({ Bucket: 'nowhere' }))).rejects.toMatchObject({
      name: 'NoSuchBucket',
    });
  });

  test('with a name like a path out of here stay here', async () => {
    await s3.artifacts.putObject(Bucket, '../../../escaped', Buffer.from('x'));
    expect(contentFiles()).toHaveLength(1);
    expect(await readFile(await s3.artifacts.getObject(Bucket, '../../../escaped'), 'utf8')).toBe('x');
  });
});

/** A request that the SDK would not send. */
function raw(
  method: string,
  path: string,
  { headers = {}, body = '' }: { headers?: Record<string, string>; body?: string } = {},
): Promise<{ status: number; text: string }> {
  const authorization =
    'AWS4-HMAC-SHA256 Credential=AKIATEST/20260601/ap-northeast-1/s3/aws4_request, Signature=0';
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, method, path, headers: { authorization, ...headers } };
    const request = httpRequest(options, response => {
      let text = '';
      response.on('data', chunk => {
        text += String(chunk);
      });
      response.on('end', () => resolve({ status: response.statusCode!, text }));
    });
    request.on('error', reject);
    request.end(body);
  });
}

describe('uploads', () => {
  const streaming = { 'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER' };

  test('in chunks with a trailer are taken apart', async () => {
    const headers = {
      ...streaming,
      'x-amz-decoded-content-length': '9',
      'x-amz-trailer': 'x-amz-checksum-crc32',
    };
    const body = '4;chunk-signature=0\r\n1234\r\n5\r\n56789\r\n0\r\nx-amz-checksum-crc32:y/Q5Jg==\r\n\r\n';
    expect((await raw('PUT', `/${Bucket}/chunked`, { headers, body })).status).toBe(200);
    expect((await get('chunked')).text).toBe('123456789');
    const wrong = body.replace('y/Q5Jg==', 'AAAAAA==');
    expect((await raw('PUT', `/${Bucket}/wrong`, { headers, body: wrong })).text).toContain(
      '<Code>BadDigest</Code>',
    );
    await expect(get('wrong')).rejects.toMatchObject({ name: 'NoSuchKey' });
  });

  test.each<[string, Record<string, string>, string, string]>([
    ['a wrong MD5', { 'content-md5': 'AAAAAAAAAAAAAAAAAAAAAA==' }, 'x', 'BadDigest'],
    ['a wrong SHA-256', { 'x-amz-content-sha256': '0'.repeat(64) }, 'x', 'XAmzContentSHA256Mismatch'],
    ['a wrong checksum', { 'x-amz-checksum-sha1': 'AAAA' }, 'x', 'BadDigest'],
    ['a chunk without size', streaming, 'zz\r\nx\r\n', 'IncompleteBody'],
    ['a chunk that is cut off', streaming, '5\r\nab', 'IncompleteBody'],
    ['no last chunk', streaming, '1\r\na\r\n', 'IncompleteBody'],
    [
      'fewer bytes than announced',
      { ...streaming, 'x-amz-decoded-content-length': '7' },
      '1\r\na\r\n0\r\n\r\n',
      'IncompleteBody',
    ],
    ['too much metadata', { 'x-amz-meta-a': 'x'.repeat(3000) }, 'x', 'MetadataTooLarge'],
  ])('with %s store nothing', async (_, headers, body, code) => {
    expect((await raw('PUT', `/${Bucket}/a`, { headers, body })).text).toContain(`<Code>${code}</Code>`);
    await expect(get('a')).rejects.toMatchObject({ name: 'NoSuchKey' });
    expect(contentFiles()).toEqual([]);
  });

  test('in parts become one object', async () => {
    const Key = 'parts';
    const { UploadId } = await client.send(
      new CreateMultipartUploadCommand({ Bucket, Key, ContentType: 'text/x' }),
    );
    const pieces = [Buffer.alloc(5 * 1024 * 1024, 'a'), Buffer.from('end')];
    const send = (PartNumber: number, Body: Buffer) =>
      client.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body }));
    await send(1, Buffer.from('replaced'));
    const Parts: { PartNumber: number; ETag: string }[] = [];
    for (const [index, piece] of pieces.entries()) {
      Parts.push({ PartNumber: index + 1, ETag: (await send(index + 1, piece)).ETag! });
    }
    const listed = await client.send(new ListPartsCommand({ Bucket, Key, UploadId }));
    expect(listed.Parts!.map(part => part.Size)).toEqual([5 * 1024 * 1024, 3]);
    const complete = (chosen: object[]) =>
      client.send(
        new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts: chosen } }),
      );
    await expect(complete(Parts.toReversed())).rejects.toMatchObject({ name: 'InvalidPartOrder' });
    await expect(complete([{ PartNumber: 3, ETag: 'x' }])).rejects.toMatchObject({ name: 'InvalidPart' });
    const { ETag } = await complete(Parts);
    expect(ETag).toMatch(/^"[0-9a-f]{32}-2"$/);
    const whole = await get(Key);
    expect([whole.ContentLength, whole.ContentType, whole.text.slice(-4)]).toEqual([
      5 * 1024 * 1024 + 3,
      'text/x',
      'aend',
    ]);
    await expect(complete(Parts)).rejects.toMatchObject({ name: 'NoSuchUpload' });
    expect(contentFiles()).toHaveLength(1);
  });

  test('in parts can be given up, and parts that are too small are refused', async () => {
    const Key = 'parts';
    const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key }));
    const Parts = [];
    for (const PartNumber of [1, 2]) {
      const sent = await client.send(
        new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body: 'small' }),
      );
      Parts.push({ PartNumber, ETag: sent.ETag });
    }
    const complete = { Bucket, Key, UploadId, MultipartUpload: { Parts } };
    await expect(client.send(new CompleteMultipartUploadCommand(complete))).rejects.toMatchObject({
      name: 'EntityTooSmall',
    });
    await client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
    expect(contentFiles()).toEqual([]);
    await expect(client.send(new ListPartsCommand({ Bucket, Key, UploadId }))).rejects.toMatchObject({
      name: 'NoSuchUpload',
    });
  });
});

describe('the door', () => {
  test('takes presigned addresses until their time is over', async () => {
    await put('a', 'presigned');
    const query = `X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIATEST%2F20260601%2Fap-northeast-1%2Fs3%2Faws4_request&X-Amz-Date=20260601T000000Z&X-Amz-Expires=60&X-Amz-Signature=0&response-content-type=text%2Fhtml`;
    const url = `http://127.0.0.1:${port}/${Bucket}/a?${query}`;
    const answer = await fetch(url);
    expect([await answer.text(), answer.headers.get('content-type')]).toEqual(['presigned', 'text/html']);
    clock.advance(60_000);
    const late = await fetch(url);
    expect([late.status, await late.text()]).toEqual([403, expect.stringContaining('Request has expired')]);
  });

  test('finds the bucket in the host name', async () => {
    await put('a', 'by host');
    expect(await raw('GET', '/a', { headers: { host: `${Bucket}.localhost:${port}` } })).toEqual({
      status: 200,
      text: 'by host',
    });
  });

  test('refuses what it does not carry out instead of doing something else', async () => {
    await put('a');
    await expect(client.send(new GetObjectTaggingCommand({ Bucket, Key: 'a' }))).rejects.toMatchObject({
      name: 'NotImplemented',
    });
    const LifecycleConfiguration = {
      Rules: [{ ID: 'x', Status: 'Enabled', Expiration: { Days: 1 }, Filter: {} }],
    } as const;
    const lifecycle = { Bucket, LifecycleConfiguration: { Rules: [...LifecycleConfiguration.Rules] } };
    await expect(client.send(new PutBucketLifecycleConfigurationCommand(lifecycle))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 501 },
    });
    expect((await raw('POST', `/${Bucket}/a?restore`)).status).toBe(501);
  });

  test.each([
    '<Delete><Object>',
    '<!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/passwd">]><Delete/>',
    '<Other/>',
    '',
  ])('refuses the document %j', async body => {
    expect((await raw('POST', `/${Bucket}?delete`, { body })).text).toContain('<Code>MalformedXML</Code>');
  });
});

describe('artifacts', () => {
  test('are stored from files and bytes and read as files, by the engine and through S3', async () => {
    const file = join(context.state, 'artifact.zip');
    await writeFile(file, 'zip');
    await s3.artifacts.putObject(Bucket, 'pipeline/Build/1.zip', file);
    await writeFile(file, 'changed afterwards');
    expect((await get('pipeline/Build/1.zip')).text).toBe('zip');
    await put('by-sdk', 'sdk');
    expect(await readFile(await s3.artifacts.getObject(Bucket, 'by-sdk'), 'utf8')).toBe('sdk');
    await expect(s3.artifacts.getObject(Bucket, 'nothing')).rejects.toMatchObject({ code: 'NoSuchKey' });
    await expect(s3.artifacts.putObject('nowhere', 'a', Buffer.from(''))).rejects.toMatchObject({
      code: 'NoSuchBucket',
    });
    await expect(s3.artifacts.putObject(Bucket, 'a', join(context.state, 'gone'))).rejects.toThrow(/ENOENT/);
  });
});

describe('resources', () => {
  const request = (type: string, properties: Properties, token: string): ResourceRequest => ({
    stack: { name: 'slipway-tooling', id: 'arn', region: context.region, account: context.account, tags: {} },
    ...{ logicalId: 'Artifacts', type, properties, token },
  });

  test('a bucket is made once per token, named when nameless, replaced by another name, kept while full', async () => {
    const handler = s3.resources['AWS::S3::Bucket']!;
    const create = (properties: Properties, token: string) =>
      handler.create(request('AWS::S3::Bucket', properties, token));
    const made = await create(
      { BucketName: 'from-stack', VersioningConfiguration: { Status: 'Enabled' } },
      'one',
    );
    expect(made).toMatchObject({
      physicalId: 'from-stack',
      attributes: {
        Arn: 'arn:aws:s3:::from-stack',
        RegionalDomainName: 'from-stack.s3.ap-northeast-1.amazonaws.com',
      },
    });
    expect(await create({ BucketName: 'from-stack' }, 'one')).toEqual(made);
    await expect(create({ BucketName: 'from-stack' }, 'two')).rejects.toMatchObject({
      code: 'BucketAlreadyOwnedByYou',
    });
    expect((await create({}, 'three')).physicalId).toMatch(/^slipway-tooling-artifacts-[a-z0-9]+$/);
    const update = {
      ...request('AWS::S3::Bucket', { BucketName: 'other' }, 'four'),
      previous: {},
      physicalId: 'from-stack',
    };
    expect((await handler.update(update)).physicalId).toBe('other');
    await s3.artifacts.putObject('from-stack', 'a', Buffer.from(''));
    const remove = { ...request('AWS::S3::Bucket', {}, 'five'), physicalId: 'from-stack' };
    await expect(handler.delete(remove)).rejects.toMatchObject({ code: 'BucketNotEmpty' });
    await handler.delete({ ...remove, physicalId: 'other' });
    await handler.delete({ ...remove, physicalId: 'other' });
  });

  test('a policy is recorded', async () => {
    const handler = s3.resources['AWS::S3::BucketPolicy']!;
    const policy = request(
      'AWS::S3::BucketPolicy',
      { Bucket, PolicyDocument: { Version: '2012-10-17' } },
      'one',
    );
    expect((await handler.create(policy)).physicalId).toBe(Bucket);
    const { Policy } = await client.send(new GetBucketPolicyCommand({ Bucket }));
    expect(JSON.parse(Policy!)).toEqual({ Version: '2012-10-17' });
    await handler.delete({ ...policy, physicalId: Bucket });
    await expect(client.send(new GetBucketPolicyCommand({ Bucket }))).rejects.toMatchObject({
      name: 'NoSuchBucketPolicy',
    });
  });
});

test('versions are told as of a bucket without versioning, a page at a time, and can be deleted', async () => {
  for (const Key of ['a b', 'c']) await client.send(new PutObjectCommand({ Bucket, Key, Body: Key }));
  const first = await client.send(new ListObjectVersionsCommand({ Bucket, MaxKeys: 1 }));
  expect(first).toMatchObject({ IsTruncated: true, NextKeyMarker: 'a b' });
  expect(first.Versions).toMatchObject([{ Key: 'a b', VersionId: 'null', IsLatest: true }]);
  const rest = await client.send(new ListObjectVersionsCommand({ Bucket, KeyMarker: 'a b' }));
  expect(rest.Versions?.map(({ Key }) => Key)).toEqual(['c']);
  const Objects = [...first.Versions!, ...rest.Versions!].map(({ Key, VersionId }) => ({ Key, VersionId }));
  await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
  await client.send(new DeleteBucketCommand({ Bucket }));
});
