import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DirectoryBlobStore, readBlob } from './blob-store.ts';
import { type LayerEntry, layerTar, writeLayer } from './layer.ts';
import { readTar } from './tar/reader.ts';

describe('layer', () => {
  let directory: string;
  let blobs: DirectoryBlobStore;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'slipway-layer-'));
    blobs = new DirectoryBlobStore(join(directory, 'blobs'), { durable: false });
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  const longName = `app/${'deep/'.repeat(40)}größe.txt`;
  const entries: LayerEntry[] = [
    { type: 'file', path: 'app/b.txt', content: Buffer.from('b') },
    { type: 'directory', path: 'app' },
    { type: 'file', path: longName, content: Buffer.from('long') },
    { type: 'symlink', path: 'app/link', target: 'b.txt' },
    { type: 'file', path: 'app/run', mode: 0o755, content: Buffer.alloc(1000, 'x') },
  ];

  test('has the same digest whatever the order of its entries and the times of its files', async () => {
    const file = join(directory, 'source');
    await writeFile(file, 'same');
    const first = await writeLayer([...entries, { type: 'file', path: 'z', content: { file } }], blobs);
    await utimes(file, 1, 1);
    const second = await writeLayer(
      [{ type: 'file', path: 'z', content: { file } }, ...entries.toReversed()],
      blobs,
    );
    expect(second).toEqual(first);
    expect(first.descriptor.digest).toBe(first.diffId);
  });

  test('compressed keeps its diff id and says nothing of the machine', async () => {
    const plain = await writeLayer(entries, blobs);
    const packed = await writeLayer(entries, blobs, { compression: 'gzip' });
    expect(packed.diffId).toBe(plain.diffId);
    const bytes = await readBlob(blobs, packed.descriptor.digest);
    expect(bytes.subarray(0, 10).toString('hex')).toBe('1f8b08000000000000ff');
    expect(packed.descriptor.size).toBe(bytes.byteLength);
  });

  test('is what GNU tar understands', async () => {
    const { descriptor } = await writeLayer(entries, blobs);
    const listed = execFileSync(
      'tar',
      ['--numeric-owner', '--full-time', '--utc', '-tvf', blobs.path(descriptor.digest)],
      {
        encoding: 'utf8',
        env: { ...process.env, LC_ALL: 'C.UTF-8' },
      },
    ).split('\n');
    expect(listed[0]).toMatch(/^drwxr-xr-x 0\/0 +0 1970-01-01 00:00:00 app\/$/);
    expect(listed[1]).toMatch(/^-rw-r--r-- 0\/0 +1 1970-01-01 00:00:00 app\/b.txt$/);
    expect(listed[2]).toContain(longName);
    expect(listed[3]).toContain('app/link -> b.txt');
    expect(listed[4]).toMatch(/^-rwxr-xr-x 0\/0 +1000 /);
  });

  test('is read back as it was written', async () => {
    const found: [string, string, string][] = [];
    for await (const { header, body } of readTar(layerTar(entries))) {
      let text = '';
      for await (const chunk of body) text += Buffer.from(chunk).toString();
      found.push([header.path, header.type, header.type === 'symlink' ? header.linkName : text.slice(0, 4)]);
    }
    expect(found).toEqual([
      ['app/', 'directory', ''],
      ['app/b.txt', 'file', 'b'],
      [longName, 'file', 'long'],
      ['app/link', 'symlink', 'b.txt'],
      ['app/run', 'file', 'xxxx'],
    ]);
  });

  test.each(['../x', '/etc/passwd', 'a/../../x', 'a\0b', 'a\nb', ''])('refuses the path %j', async path => {
    await expect(writeLayer([{ type: 'file', path, content: Buffer.from('') }], blobs)).rejects.toThrow();
  });

  test('refuses the same path twice', async () => {
    const twice: LayerEntry = { type: 'file', path: 'a', content: Buffer.from('') };
    await expect(writeLayer([twice, { ...twice, path: './a' }], blobs)).rejects.toThrow(/twice/);
  });

  test('fails when a file vanishes, compressed or not', async () => {
    const gone: LayerEntry = { type: 'file', path: 'a', content: { file: join(directory, 'gone') } };
    await expect(writeLayer([gone], blobs)).rejects.toThrow(/ENOENT/);
    await expect(writeLayer([gone], blobs, { compression: 'gzip' })).rejects.toThrow(/ENOENT/);
  });
});
