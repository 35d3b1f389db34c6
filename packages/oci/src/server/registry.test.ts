import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Digest, digestOf } from '../digest.ts';
import { encodeJson } from '../manifest.ts';
import { mediaTypes } from '../media-type.ts';
import { startTestRegistry, type TestRegistry } from '../testing.ts';

/** The cases of the OCI distribution conformance suite, in its order: pull, push, content discovery, management. */
describe('registry', () => {
  let registry: TestRegistry;
  beforeEach(async () => {
    registry = await startTestRegistry();
  });
  afterEach(async () => {
    await registry[Symbol.asyncDispose]();
  });

  const content = Buffer.from('0123456789');
  const digest = digestOf(content);

  function send(
    method: string,
    path: string,
    body?: Uint8Array | string,
    headers: Record<string, string> = {},
  ) {
    const url = new URL(path, registry.url);
    return fetch(url, { method, headers, ...(body === undefined ? {} : { body: body as string }) });
  }

  async function codeOf(response: Response): Promise<string> {
    const { errors } = (await response.json()) as { errors: { code: string; message: string }[] };
    expect(errors[0]!.message).toBeTruthy();
    return errors[0]!.code;
  }

  async function pushBlob(bytes: Uint8Array = content, repository = 'a/b'): Promise<Digest> {
    const response = await send('POST', `/v2/${repository}/blobs/uploads/?digest=${digestOf(bytes)}`, bytes);
    expect(response.status).toBe(201);
    return digestOf(bytes);
  }

  interface Extra {
    subject?: Digest;
    artifactType?: string;
    annotations?: Record<string, string>;
  }

  async function manifestBytes({ subject, ...extra }: Extra = {}): Promise<Uint8Array> {
    const config = { mediaType: mediaTypes.config, digest: await pushBlob(Buffer.from('{}')), size: 2 };
    const about =
      subject === undefined ? {} : { subject: { mediaType: mediaTypes.manifest, digest: subject, size: 3 } };
    return encodeJson({
      schemaVersion: 2,
      mediaType: mediaTypes.manifest,
      config,
      layers: [],
      ...extra,
      ...about,
    });
  }

  async function pushManifest(
    reference: string,
    extra: Extra = {},
  ): Promise<{ bytes: Uint8Array; digest: Digest }> {
    const bytes = await manifestBytes(extra);
    const pushed = digestOf(bytes);
    const path = `/v2/a/b/manifests/${reference === '' ? pushed : reference}`;
    const response = await send('PUT', path, bytes, { 'content-type': mediaTypes.manifest });
    expect(response.status).toBe(201);
    return { bytes, digest: pushed };
  }

  async function begin(): Promise<string> {
    const response = await send('POST', '/v2/a/b/blobs/uploads/');
    expect(response.status).toBe(202);
    return response.headers.get('location')!;
  }

  test('answers at its base', async () => {
    expect((await send('GET', '/v2/')).status).toBe(200);
  });

  describe('pull', () => {
    test('of what is not there is 404 in the errors form', async () => {
      await pushBlob();
      expect((await send('HEAD', `/v2/a/b/blobs/${digestOf('x')}`)).status).toBe(404);
      expect(await codeOf(await send('GET', `/v2/a/b/blobs/${digestOf('x')}`))).toBe('BLOB_UNKNOWN');
      expect(await codeOf(await send('GET', '/v2/a/b/manifests/nothing'))).toBe('MANIFEST_UNKNOWN');
      const unknown = await send('GET', '/v2/nowhere/manifests/nothing');
      expect([unknown.status, await codeOf(unknown)]).toEqual([404, 'NAME_UNKNOWN']);
    });

    test('of a blob gives size, digest and bytes', async () => {
      await pushBlob();
      const head = await send('HEAD', `/v2/a/b/blobs/${digest}`);
      expect(head.status).toBe(200);
      expect(head.headers.get('content-length')).toBe('10');
      expect(head.headers.get('docker-content-digest')).toBe(digest);
      expect(await (await send('GET', `/v2/a/b/blobs/${digest}`)).text()).toBe('0123456789');
    });

    test.each([
      ['bytes=2-4', 206, '234', 'bytes 2-4/10'],
      ['bytes=7-', 206, '789', 'bytes 7-9/10'],
      ['bytes=-3', 206, '789', 'bytes 7-9/10'],
      ['bytes=8-100', 206, '89', 'bytes 8-9/10'],
      ['lines=1-2', 200, '0123456789', null],
    ])('of the range %s', async (range, status, text, contentRange) => {
      await pushBlob();
      const response = await send('GET', `/v2/a/b/blobs/${digest}`, undefined, { range });
      expect(response.status).toBe(status);
      expect(response.headers.get('content-range')).toBe(contentRange);
      expect(await response.text()).toBe(text);
    });

    test.each(['bytes=10-', 'bytes=4-2', 'bytes=-0'])('of the range %s is 416', async range => {
      await pushBlob();
      expect((await send('GET', `/v2/a/b/blobs/${digest}`, undefined, { range })).status).toBe(416);
    });

    test('of an empty blob works', async () => {
      const empty = await pushBlob(Buffer.alloc(0));
      expect(await (await send('GET', `/v2/a/b/blobs/${empty}`)).text()).toBe('');
    });

    test('of a manifest works by tag and by digest, byte for byte', async () => {
      const { bytes, digest: pushed } = await pushManifest('v1');
      for (const reference of ['v1', pushed]) {
        const head = await send('HEAD', `/v2/a/b/manifests/${reference}`);
        expect(head.headers.get('docker-content-digest')).toBe(pushed);
        const response = await send('GET', `/v2/a/b/manifests/${reference}`);
        expect(response.headers.get('content-type')).toBe(mediaTypes.manifest);
        expect(Buffer.from(await response.arrayBuffer())).toEqual(Buffer.from(bytes));
      }
    });

    test('does not give one repository what only another has', async () => {
      await pushBlob();
      await pushBlob(Buffer.from('other'), 'c');
      expect((await send('GET', `/v2/c/blobs/${digest}`)).status).toBe(404);
    });
  });

  describe('push', () => {
    test('in one piece: POST then PUT', async () => {
      const response = await send('PUT', `${await begin()}?digest=${digest}`, content);
      expect(response.status).toBe(201);
      expect(response.headers.get('location')).toBe(`/v2/a/b/blobs/${digest}`);
      expect((await send('HEAD', `/v2/a/b/blobs/${digest}`)).status).toBe(200);
    });

    test('streamed: PATCH without a range, then PUT', async () => {
      const location = await begin();
      expect((await send('PATCH', location, content)).status).toBe(202);
      expect((await send('PUT', `${location}?digest=${digest}`)).status).toBe(201);
    });

    test('in chunks: order is kept, status can be asked, out of order is 416', async () => {
      const location = await begin();
      const early = await send('PATCH', location, content.subarray(5), { 'content-range': '5-9' });
      expect([early.status, await codeOf(early)]).toEqual([416, 'RANGE_INVALID']);
      const first = await send('PATCH', location, content.subarray(0, 5), { 'content-range': '0-4' });
      expect([first.status, first.headers.get('range')]).toEqual([202, '0-4']);
      const again = await send('PATCH', location, content.subarray(0, 5), { 'content-range': '0-4' });
      expect([again.status, again.headers.get('range')]).toEqual([416, '0-4']);
      const status = await send('GET', location);
      expect([status.status, status.headers.get('range')]).toEqual([204, '0-4']);
      const last = await send('PUT', `${location}?digest=${digest}`, content.subarray(5), {
        'content-range': '5-9',
      });
      expect(last.status).toBe(201);
    });

    test('a range that does not match the length is 416', async () => {
      const response = await send('PATCH', await begin(), content, { 'content-range': '0-4' });
      expect(response.status).toBe(416);
    });

    test('of other bytes than announced is DIGEST_INVALID and ends the upload', async () => {
      const location = await begin();
      const response = await send('PUT', `${location}?digest=${digestOf('other')}`, content);
      expect([response.status, await codeOf(response)]).toEqual([400, 'DIGEST_INVALID']);
      expect(await codeOf(await send('GET', location))).toBe('BLOB_UPLOAD_UNKNOWN');
      const atOnce = await send('POST', `/v2/a/b/blobs/uploads/?digest=${digestOf('other')}`, content);
      expect(await codeOf(atOnce)).toBe('DIGEST_INVALID');
    });

    test('with a malformed digest is DIGEST_INVALID', async () => {
      const response = await send('PUT', `${await begin()}?digest=sha256:nonsense`, content);
      expect([response.status, await codeOf(response)]).toEqual([400, 'DIGEST_INVALID']);
    });

    test('by sha512 works', async () => {
      const long = digestOf(content, 'sha512');
      expect((await send('PUT', `${await begin()}?digest=${long}`, content)).status).toBe(201);
      expect((await send('HEAD', `/v2/a/b/blobs/${long}`)).status).toBe(200);
    });

    test('can be cancelled', async () => {
      const location = await begin();
      expect((await send('DELETE', location)).status).toBe(204);
      expect((await send('PATCH', location, content)).status).toBe(404);
    });

    test('cannot be continued in another repository', async () => {
      const location = (await begin()).replace('/a/b/', '/c/');
      expect((await send('PATCH', location, content)).status).toBe(404);
    });

    test('mounts a blob of another repository, or begins an upload when that has none', async () => {
      await pushBlob(content, 'from');
      const mounted = await send('POST', `/v2/a/b/blobs/uploads/?mount=${digest}&from=from`);
      expect([mounted.status, mounted.headers.get('location')]).toEqual([201, `/v2/a/b/blobs/${digest}`]);
      expect((await send('HEAD', `/v2/a/b/blobs/${digest}`)).status).toBe(200);
      expect((await send('POST', `/v2/a/b/blobs/uploads/?mount=${digestOf('x')}&from=from`)).status).toBe(
        202,
      );
      expect((await send('POST', `/v2/a/b/blobs/uploads/?mount=${digest}`)).status).toBe(202);
    });

    test('of a manifest names its digest, and its subject when it has one', async () => {
      const subject = digestOf('not there yet');
      const bytes = await manifestBytes({ subject });
      const response = await send('PUT', '/v2/a/b/manifests/v1', bytes, {
        'content-type': mediaTypes.manifest,
      });
      expect(response.status).toBe(201);
      expect(response.headers.get('docker-content-digest')).toBe(digestOf(bytes));
      expect(response.headers.get('location')).toBe(`/v2/a/b/manifests/${digestOf(bytes)}`);
      expect(response.headers.get('oci-subject')).toBe(subject);
    });

    test('of a manifest by digest takes tags along', async () => {
      const bytes = await manifestBytes();
      const path = `/v2/a/b/manifests/${digestOf(bytes)}?tag=one&tag=two`;
      const response = await send('PUT', path, bytes, { 'content-type': mediaTypes.manifest });
      expect(response.headers.get('oci-tag')).toBe('one, two');
      expect((await send('HEAD', '/v2/a/b/manifests/two')).status).toBe(200);
    });

    test('of a manifest under a wrong digest is DIGEST_INVALID', async () => {
      const bytes = await manifestBytes();
      const headers = { 'content-type': mediaTypes.manifest };
      const wrong = await send('PUT', `/v2/a/b/manifests/${digestOf('x')}`, bytes, headers);
      expect([wrong.status, await codeOf(wrong)]).toEqual([400, 'DIGEST_INVALID']);
      const nonsense = await send('PUT', '/v2/a/b/manifests/sha256:totallywrong', bytes, headers);
      expect([nonsense.status, await codeOf(nonsense)]).toEqual([400, 'DIGEST_INVALID']);
    });

    test('of a manifest whose parts are missing is MANIFEST_BLOB_UNKNOWN', async () => {
      const config = { mediaType: mediaTypes.config, digest, size: 10 };
      const bytes = encodeJson({ schemaVersion: 2, mediaType: mediaTypes.manifest, config, layers: [] });
      const response = await send('PUT', '/v2/a/b/manifests/v1', bytes, {
        'content-type': mediaTypes.manifest,
      });
      expect(await codeOf(response)).toBe('MANIFEST_BLOB_UNKNOWN');
    });

    test.each([
      ['no JSON', 'blah'],
      ['an empty object', '{}'],
    ])('of %s as a manifest is MANIFEST_INVALID', async (_, body) => {
      const response = await send('PUT', '/v2/a/b/manifests/v1', body, {
        'content-type': mediaTypes.manifest,
      });
      expect([response.status, await codeOf(response)]).toEqual([400, 'MANIFEST_INVALID']);
    });

    test('of a manifest above 4 MiB is 413', async () => {
      const response = await send('PUT', '/v2/a/b/manifests/v1', Buffer.alloc(4 * 1024 ** 2 + 1, ' '));
      expect(response.status).toBe(413);
    });
  });

  describe('content discovery', () => {
    test('lists tags in order, in pages', async () => {
      for (const tag of ['b', 'd', 'a', 'c']) await pushManifest(tag);
      expect(await (await send('GET', '/v2/a/b/tags/list')).json()).toEqual({
        name: 'a/b',
        tags: ['a', 'b', 'c', 'd'],
      });
      const page = await send('GET', '/v2/a/b/tags/list?n=2&last=a');
      expect(await page.json()).toEqual({ name: 'a/b', tags: ['b', 'c'] });
      expect(page.headers.get('link')).toBe('</v2/a/b/tags/list?n=2&last=c>; rel="next"');
      const end = await send('GET', '/v2/a/b/tags/list?n=2&last=c');
      expect([await end.json(), end.headers.get('link')]).toEqual([{ name: 'a/b', tags: ['d'] }, null]);
      expect(await (await send('GET', '/v2/a/b/tags/list?n=0')).json()).toEqual({ name: 'a/b', tags: [] });
      expect((await send('GET', '/v2/a/b/tags/list?n=x')).status).toBe(400);
    });

    test('lists referrers, all or of one artifact type', async () => {
      const { digest: subject } = await pushManifest('v1');
      const signature = await pushManifest('', {
        subject,
        artifactType: 'application/x.signature',
        annotations: { a: '1' },
      });
      const plain = await pushManifest('', { subject });
      const all = await send('GET', `/v2/a/b/referrers/${subject}`);
      expect(all.headers.get('content-type')).toBe(mediaTypes.index);
      const { manifests } = (await all.json()) as { manifests: { digest: string; artifactType: string }[] };
      expect(manifests.map(each => each.digest).sort()).toEqual([signature.digest, plain.digest].sort());
      const some = await send('GET', `/v2/a/b/referrers/${subject}?artifactType=application/x.signature`);
      expect(some.headers.get('oci-filters-applied')).toBe('artifactType');
      expect(((await some.json()) as { manifests: unknown }).manifests).toEqual([
        {
          mediaType: mediaTypes.manifest,
          digest: signature.digest,
          size: signature.bytes.byteLength,
          artifactType: 'application/x.signature',
          annotations: { a: '1' },
        },
      ]);
    });

    test('of a manifest nobody refers to is an empty index', async () => {
      await pushManifest('v1');
      const response = await send('GET', `/v2/a/b/referrers/${digestOf('x')}`);
      expect(await response.json()).toEqual({ schemaVersion: 2, mediaType: mediaTypes.index, manifests: [] });
      expect((await send('GET', '/v2/a/b/referrers/sha256:x')).status).toBe(400);
      expect((await send('GET', `/v2/nowhere/referrers/${digestOf('x')}`)).status).toBe(200);
    });
  });

  describe('content management', () => {
    test('deletes a tag and keeps its manifest', async () => {
      const { digest: pushed } = await pushManifest('v1');
      expect((await send('DELETE', '/v2/a/b/manifests/v1')).status).toBe(202);
      expect((await send('GET', '/v2/a/b/manifests/v1')).status).toBe(404);
      expect((await send('GET', `/v2/a/b/manifests/${pushed}`)).status).toBe(200);
    });

    test('deletes a manifest with its tags', async () => {
      const { digest: pushed } = await pushManifest('v1');
      expect((await send('DELETE', `/v2/a/b/manifests/${pushed}`)).status).toBe(202);
      expect((await send('GET', `/v2/a/b/manifests/${pushed}`)).status).toBe(404);
      expect((await send('GET', '/v2/a/b/manifests/v1')).status).toBe(404);
      expect((await send('DELETE', `/v2/a/b/manifests/${pushed}`)).status).toBe(404);
    });

    test('deletes a blob of one repository only', async () => {
      await pushBlob();
      await pushBlob(content, 'c');
      expect((await send('DELETE', `/v2/a/b/blobs/${digest}`)).status).toBe(202);
      expect((await send('GET', `/v2/a/b/blobs/${digest}`)).status).toBe(404);
      expect((await send('GET', `/v2/c/blobs/${digest}`)).status).toBe(200);
    });
  });

  test.each([
    ['GET', '/v2/a/../b/manifests/v1'],
    ['GET', '/v2/UPPER/manifests/v1'],
    ['GET', `/v2/${'a'.repeat(300)}/manifests/v1`],
    ['GET', '/v2/a%2f..%2fb/manifests/v1'],
    ['PUT', '/v2/a/manifests/.hidden'],
    ['POST', '/v2/a//b/blobs/uploads/'],
    ['PUT', '/v2/a/nothing'],
    ['PATCH', '/v2/a/manifests/v1'],
  ])('refuses %s %s in the errors form', async (method, path) => {
    const response = await send(method, path);
    expect([400, 404, 405]).toContain(response.status);
    await codeOf(response);
  });
});

describe('registry policy', () => {
  test('asks who one is, and lets the hook refuse', async () => {
    await using registry = await startTestRegistry({
      authorize: ({ headers }) => (headers.authorization === 'Basic b2s6b2s=' ? 'somebody' : undefined),
    });
    const unknown = await fetch(`${registry.url}/v2/`);
    expect(unknown.status).toBe(401);
    expect(unknown.headers.get('www-authenticate')).toMatch(/^Basic realm=/);
    const known = await fetch(`${registry.url}/v2/`, { headers: { authorization: 'Basic b2s6b2s=' } });
    expect(known.status).toBe(200);
  });

  test('a mount needs the right to pull from the other repository', async () => {
    await using registry = await startTestRegistry({
      authorize: (_, { repository }) => (repository === 'secret' ? undefined : 'somebody'),
    });
    const path = `/v2/a/blobs/uploads/?mount=${digestOf('x')}&from=secret`;
    expect((await fetch(registry.url + path, { method: 'POST' })).status).toBe(401);
  });

  test('blobs above the limit are 413', async () => {
    await using registry = await startTestRegistry({ blobSizeLimit: 10 });
    const path = `/v2/a/blobs/uploads/?digest=${digestOf('x')}`;
    expect((await fetch(registry.url + path, { method: 'POST', body: 'x'.repeat(3_000_000) })).status).toBe(
      413,
    );
  });
});
