import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { DirectoryBlobStore, readBlob } from './blob-store.ts';
import { digestOf } from './digest.ts';

describe('blob directory', () => {
  let root: string;
  let blobs: DirectoryBlobStore;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'slipway-blobs-'));
    blobs = new DirectoryBlobStore(root);
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  test('keeps what it is given under its digest', async () => {
    const { digest, size } = await blobs.write([Buffer.from('ab'), Buffer.from('c')]);
    expect({ digest, size }).toEqual({ digest: digestOf('abc'), size: 3 });
    expect((await readBlob(blobs, digest)).toString()).toBe('abc');
    expect(await readdir(join(root, 'sha256'))).toEqual([digestOf('abc').slice(7)]);
  });

  test('reads a range', async () => {
    const { digest } = await blobs.write([Buffer.from('0123456789')]);
    const parts = await (await blobs.read(digest, { start: 2, end: 4 })).toArray();
    expect(Buffer.concat(parts).toString()).toBe('234');
  });

  test('refuses other content than announced and leaves nothing behind', async () => {
    await expect(blobs.write([Buffer.from('x')], digestOf('y'))).rejects.toMatchObject({
      code: 'DIGEST_MISMATCH',
    });
    expect(await readdir(root)).toEqual([]);
    const broken = (async function* () {
      yield Buffer.from('x');
      throw new Error('gone');
    })();
    await expect(blobs.write(broken)).rejects.toThrow('gone');
    expect(await readdir(root)).toEqual([]);
  });

  test('takes over a file only when it is what it should be', async () => {
    const file = join(root, 'upload');
    await writeFile(file, 'abc');
    await expect(blobs.adopt(file, digestOf('abd'))).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' });
    await blobs.adopt(file, digestOf('abc', 'sha512'));
    expect(await blobs.size(digestOf('abc', 'sha512'))).toBe(3);
  });

  test('does not know what was deleted', async () => {
    const { digest } = await blobs.write([Buffer.from('x')]);
    expect(await blobs.delete(digest)).toBe(true);
    expect(await blobs.delete(digest)).toBe(false);
    await expect(blobs.read(digest)).rejects.toMatchObject({ code: 'BLOB_UNKNOWN' });
  });

  test('never leaves its directory for a made-up digest', async () => {
    await expect(blobs.size('sha256:../../../etc/passwd')).rejects.toMatchObject({ code: 'DIGEST_INVALID' });
  });

  test('bounds what is read at once', async () => {
    const { digest } = await blobs.write([Buffer.alloc(100)]);
    await expect(readBlob(blobs, digest, 99)).rejects.toMatchObject({ code: 'SIZE_MISMATCH' });
  });
});
