import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { digestOf } from '../digest.ts';
import { encodeJson } from '../manifest.ts';
import { mediaTypes } from '../media-type.ts';
import { RegistryError } from '../server/errors.ts';
import { startTestRegistry, type TestRegistry } from '../testing.ts';
import { RegistryClient } from './client.ts';

describe('registry client', () => {
  let registry: TestRegistry;
  let client: RegistryClient;
  beforeEach(async () => {
    registry = await startTestRegistry();
    client = new RegistryClient({ url: registry.url, chunkSize: 1000 });
  });
  afterEach(async () => {
    await registry[Symbol.asyncDispose]();
  });

  const source = (bytes: Uint8Array) => ({
    read: async function* () {
      for (let at = 0; at < bytes.byteLength; at += 300) yield bytes.subarray(at, at + 300);
    },
  });

  test.each([0, 1, 999, 1000, 1001, 2000, 2500])('a blob of %i bytes arrives whole', async size => {
    const bytes = Buffer.alloc(size, 'abcdefg');
    expect(await client.ensureBlob('a', digestOf(bytes), source(bytes))).toBe('uploaded');
    expect(Buffer.from(await client.getBlob('a', digestOf(bytes)))).toEqual(bytes);
  });

  test('sends nothing that is there, and mounts what another repository has', async () => {
    const bytes = Buffer.from('layer');
    await client.ensureBlob('base', digestOf(bytes), source(bytes));
    const read = () => {
      throw new Error('must not be read');
    };
    expect(await client.ensureBlob('base', digestOf(bytes), { read })).toBe('present');
    expect(await client.ensureBlob('a', digestOf(bytes), { read, mountFrom: 'base' })).toBe('mounted');
  });

  test('falls back to sending when a mount is not possible', async () => {
    const bytes = Buffer.from('layer');
    const transfer = client.ensureBlob('a', digestOf(bytes), { ...source(bytes), mountFrom: 'nowhere' });
    expect(await transfer).toBe('uploaded');
  });

  test('pushes and pulls manifests and lists tags', async () => {
    await client.ensureBlob('a', digestOf('{}'), source(Buffer.from('{}')));
    const config = { mediaType: mediaTypes.config, digest: digestOf('{}'), size: 2 };
    const bytes = encodeJson({ schemaVersion: 2, mediaType: mediaTypes.manifest, config, layers: [] });
    await client.putManifest('a', 'v1', { bytes, mediaType: mediaTypes.manifest });
    expect(await client.resolveTag('a', 'v1')).toBe(digestOf(bytes));
    expect(await client.resolveTag('a', 'v2')).toBeUndefined();
    expect(await client.getManifest('a', 'v1')).toMatchObject({
      digest: digestOf(bytes),
      mediaType: mediaTypes.manifest,
    });
    expect(await client.getManifest('a', digestOf('x'))).toBeUndefined();
    expect(await client.listTags('a')).toEqual(['v1']);
  });

  test('says what the registry refused and why', async () => {
    await using strict = await startTestRegistry({
      authorize: () => {
        throw new RegistryError('DENIED', 'this role may not push here');
      },
    });
    const pushing = new RegistryClient({ url: strict.url }).ensureBlob(
      'a',
      digestOf('x'),
      source(Buffer.from('x')),
    );
    await expect(pushing).rejects.toMatchObject({
      code: 'REGISTRY_FAILED',
      status: 403,
      message: expect.stringMatching(/looking for sha256:.* in a at 127\.0\.0\.1/),
    });
    const listing = new RegistryClient({ url: strict.url }).listTags('a');
    await expect(listing).rejects.toMatchObject({
      codes: ['DENIED'],
      message: expect.stringMatching(/may not push/),
    });
  });

  test('says when the registry cannot be reached', async () => {
    const { url } = registry;
    await registry[Symbol.asyncDispose]();
    const reading = new RegistryClient({ url }).getManifest('a', 'v1');
    await expect(reading).rejects.toMatchObject({
      status: 0,
      message: expect.stringMatching(/cannot be reached/),
    });
    registry = await startTestRegistry();
  });

  test('shows its credentials', async () => {
    await using closed = await startTestRegistry({
      authorize: ({ headers }) => (headers.authorization === 'Basic QVdTOnB3' ? 'AWS' : undefined),
    });
    const credentials = { username: 'AWS', password: 'pw' };
    const known = new RegistryClient({ url: closed.url, credentials });
    expect(await known.getManifest('a', 'v1')).toBeUndefined();
    await expect(new RegistryClient({ url: closed.url }).getManifest('a', 'v1')).rejects.toMatchObject({
      status: 401,
    });
  });

  test('fetches a token where the registry asks for one, without showing credentials to other hosts', async () => {
    const seen: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      const { pathname, searchParams } = new URL(request.url!, 'http://x');
      if (pathname === '/token') {
        seen.push(request.headers.authorization);
        response.end(JSON.stringify({ token: searchParams.get('scope') }));
      } else if (request.headers.authorization === 'Bearer repository:a:pull') {
        response.writeHead(404).end();
      } else {
        const realm = `http://${request.headers.host}/token`;
        const challenge = `Bearer realm="${realm}",service="s",scope="repository:a:pull"`;
        response.writeHead(401, { 'www-authenticate': challenge }).end();
      }
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    expect(await new RegistryClient({ url }).getManifest('a', 'v1')).toBeUndefined();
    expect(seen).toEqual([undefined]);
    server.closeAllConnections();
    await new Promise(resolve => server.close(resolve));
  });

  test('refuses altered content', async () => {
    const server = createServer((_, response) => response.end('altered'));
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const altered = new RegistryClient({ url });
    await expect(altered.getManifest('a', digestOf('x'))).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' });
    await expect(altered.getBlob('a', digestOf('x'))).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' });
    server.closeAllConnections();
    await new Promise(resolve => server.close(resolve));
  });
});
