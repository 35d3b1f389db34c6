import {
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { encodeHeader, padding, type TarType } from './tar/header.ts';
import { unpackLayer } from './unpack.ts';

interface Raw {
  path: string;
  type?: Exclude<TarType, 'other'>;
  linkName?: string;
  content?: string;
  mode?: number;
  flag?: string;
}

/** A tar with exactly these entries in this order, hostile or not. */
function tar(...entries: Raw[]): Buffer {
  const blocks = entries.flatMap(
    ({ path, type = 'file', linkName = '', content = '', mode = 0o644, flag }) => {
      const header = Buffer.from(encodeHeader({ path, type, linkName, mode, size: content.length }));
      if (flag !== undefined) header[156] = flag.charCodeAt(0);
      header.write('        ', 148, 'latin1');
      header.write(
        `${header
          .reduce((sum, byte) => sum + byte, 0)
          .toString(8)
          .padStart(6, '0')}\0 `,
        148,
        'latin1',
      );
      return [header, Buffer.from(content), padding(content.length)];
    },
  );
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

describe('unpacking a layer', () => {
  let outside: string;
  let root: string;
  beforeEach(async () => {
    outside = await mkdtemp(join(tmpdir(), 'slipway-unpack-'));
    root = join(outside, 'root');
    await mkdir(root);
    await writeFile(join(outside, 'secret'), 'secret');
  });
  afterEach(() => rm(outside, { recursive: true, force: true }));

  async function unpack(bytes: Buffer, limits = {}): Promise<void> {
    await unpackLayer(
      (async function* () {
        for (let at = 0; at < bytes.byteLength; at += 700) yield bytes.subarray(at, at + 700);
      })(),
      root,
      limits,
    );
  }

  const content = (path: string) => readFile(join(root, path), 'utf8');
  const layer = tar(
    { path: 'app/main.js', content: 'main', mode: 0o755 },
    { path: 'app/empty/', type: 'directory' },
  );

  test('puts files and directories in place, missing parents included', async () => {
    await unpack(layer);
    expect(await content('app/main.js')).toBe('main');
    expect((await stat(join(root, 'app/main.js'))).mode & 0o7777).toBe(0o755);
    expect(await readdir(join(root, 'app/empty'))).toEqual([]);
  });

  test.each<[string, (bytes: Buffer) => Buffer]>([
    ['gzip', gzipSync],
    ['zstd', zstdCompressSync],
  ])('takes %s', async (_, compress) => {
    await unpack(compress(layer));
    expect(await content('app/main.js')).toBe('main');
  });

  test('drops set-id bits', async () => {
    await unpack(tar({ path: 'su', mode: 0o6755 }));
    expect((await stat(join(root, 'su'))).mode & 0o7777).toBe(0o755);
  });

  test('a later layer replaces files, links and directories', async () => {
    await unpack(
      tar(
        { path: 'a', content: '1' },
        { path: 'b/c', content: '1' },
        { path: 'd', type: 'symlink', linkName: 'a' },
      ),
    );
    await unpack(tar({ path: 'a', content: '2' }, { path: 'b', content: '2' }, { path: 'd', content: '2' }));
    expect(await Promise.all(['a', 'b', 'd'].map(content))).toEqual(['2', '2', '2']);
    expect((await lstat(join(root, 'd'))).isFile()).toBe(true);
  });

  test('a whiteout removes what lower layers left, not what its own layer brings', async () => {
    await unpack(
      tar({ path: 'd/old', content: '' }, { path: 'd/sub/x', content: '' }, { path: 'gone', content: '' }),
    );
    await unpack(
      tar(
        { path: 'd/new', content: '' },
        { path: 'd/sub/y', content: '' },
        { path: 'd/.wh..wh..opq' },
        { path: '.wh.gone' },
      ),
    );
    expect((await readdir(root, { recursive: true })).sort()).toEqual(['d', 'd/new', 'd/sub', 'd/sub/y']);
  });

  test('a whiteout does not reach through a link', async () => {
    await symlink('..', join(root, 'up'));
    await unpack(tar({ path: 'up/.wh.secret' }, { path: 'up/.wh..wh..opq' }));
    expect(await readFile(join(outside, 'secret'), 'utf8')).toBe('secret');
  });

  test.each<[string, Raw[]]>([
    ['a path with ..', [{ path: '../secret', content: 'x' }]],
    ['a path with .. in the middle', [{ path: 'a/../../secret', content: 'x' }]],
    ['an absolute path', [{ path: '/tmp/slipway-escaped', content: 'x' }]],
    ['a link above the root', [{ path: 'l', type: 'symlink', linkName: '../secret' }]],
    [
      'a link that climbs after descending',
      [{ path: 'a/l', type: 'symlink', linkName: 'x/../../../secret' }],
    ],
    [
      'a file through a link of the same layer',
      [
        { path: 'l', type: 'symlink', linkName: 'a' },
        { path: 'a/', type: 'directory' },
        { path: 'l/x', content: 'x' },
      ],
    ],
    ['a hard link out of the root', [{ path: 'h', type: 'hardlink', linkName: '../secret' }]],
    ['a hard link to an absolute path', [{ path: 'h', type: 'hardlink', linkName: '/etc/passwd' }]],
    ['a hard link to nothing', [{ path: 'h', type: 'hardlink', linkName: 'nothing' }]],
    ['a device', [{ path: 'dev', flag: '3' }]],
    ['a pipe', [{ path: 'fifo', flag: '6' }]],
    ['a whiteout of the parent', [{ path: 'a/.wh...' }]],
  ])('refuses %s', async (_, entries) => {
    await expect(unpack(tar(...entries))).rejects.toMatchObject({ code: 'LAYER_UNSAFE' });
    expect((await readdir(outside)).sort()).toEqual(['root', 'secret']);
    expect(await readFile(join(outside, 'secret'), 'utf8')).toBe('secret');
  });

  test('refuses to write through a link that was there before', async () => {
    await symlink(outside, join(root, 'l'));
    await expect(unpack(tar({ path: 'l/secret', content: 'x' }))).rejects.toMatchObject({
      code: 'LAYER_UNSAFE',
    });
    await expect(unpack(tar({ path: 'h', type: 'hardlink', linkName: 'l/secret' }))).rejects.toMatchObject({
      code: 'LAYER_UNSAFE',
    });
  });

  test('replaces a link instead of writing to where it leads', async () => {
    await symlink(join(outside, 'secret'), join(root, 'l'));
    await unpack(tar({ path: 'l', content: 'x' }));
    expect(await readFile(join(outside, 'secret'), 'utf8')).toBe('secret');
    expect(await content('l')).toBe('x');
  });

  test('makes absolute links relative to the root, as a container would see them', async () => {
    await unpack(
      tar({ path: 'a/b/l', type: 'symlink', linkName: '/etc/../etc/x' }, { path: 'etc/x', content: 'in' }),
    );
    expect(await readlink(join(root, 'a/b/l'))).toBe('../../etc/x');
    expect(await content('a/b/l')).toBe('in');
  });

  test('chained links stay inside', async () => {
    await unpack(
      tar(
        { path: 'top/', type: 'directory' },
        { path: 'd/e/f', type: 'symlink', linkName: '../../top' },
        { path: 'g', type: 'symlink', linkName: 'd/e/f/../../secret' },
      ),
    );
    expect(await readlink(join(root, 'g'))).toBe('d/secret');
  });

  test('links hard inside the root', async () => {
    await unpack(tar({ path: 'a', content: 'x' }, { path: 'b/c', type: 'hardlink', linkName: 'a' }));
    expect(await content('b/c')).toBe('x');
  });

  test('stops at the limits', async () => {
    const bomb = gzipSync(tar({ path: 'zeros', content: '\0'.repeat(1_000_000) }));
    await expect(unpack(bomb, { bytes: 100_000 })).rejects.toMatchObject({ code: 'LAYER_TOO_LARGE' });
    await expect(unpack(tar({ path: 'a' }, { path: 'b' }), { entries: 1 })).rejects.toMatchObject({
      code: 'LAYER_TOO_LARGE',
    });
  });

  test.each<[string, Buffer]>([
    ['cut off', tar({ path: 'a', content: 'x'.repeat(2000) }).subarray(0, 1500)],
    ['random', Buffer.alloc(1024, 0x41)],
    ['a broken gzip', Buffer.concat([gzipSync(layer).subarray(0, 60), Buffer.alloc(50)])],
    ['a cut off gzip', gzipSync(layer).subarray(0, 60)],
  ])('refuses a layer that is %s', async (_, bytes) => {
    await expect(unpack(bytes)).rejects.toMatchObject({ code: 'LAYER_INVALID' });
  });
});
