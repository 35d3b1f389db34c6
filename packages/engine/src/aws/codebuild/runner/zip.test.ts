import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { zipSync } from 'fflate';
import { pack } from './pack.ts';
import { unzip } from './unzip.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'slipway-zip-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const at = (...names: string[]) => join(directory, ...names);

test('what git archives comes out with its modes and links', () => {
  mkdirSync(at('work', 'bin'), { recursive: true });
  writeFileSync(at('work', 'bin', 'run'), '#!/bin/sh\n', { mode: 0o755 });
  writeFileSync(at('work', 'ünï.txt'), 'x'.repeat(100_000));
  symlinkSync('bin/run', at('work', 'link'));
  const env = {
    PATH: '/usr/local/bin:/opt/homebrew/bin:/usr/bin:/bin',
    HOME: directory,
    GIT_CONFIG_NOSYSTEM: '1',
  };
  const git = 'git -c user.name=A -c user.email=a@b';
  const script = `git init -q . && git add . && ${git} commit -qm x && git archive --format=zip -o ../x.zip HEAD`;
  execFileSync('sh', ['-c', script], { cwd: at('work'), env });
  unzip(at('x.zip'), at('out'));
  expect(statSync(at('out', 'bin', 'run')).mode & 0o777).toBe(0o755);
  expect(readlinkSync(at('out', 'link'))).toBe('bin/run');
  expect(readFileSync(at('out', 'ünï.txt'), 'utf8')).toHaveLength(100_000);
});

test('what is packed comes out the same, and packs to the same bytes whatever the files’ times', () => {
  writeFileSync(at('a'), 'a', { mode: 0o700 });
  writeFileSync(at('b'), '');
  const files = [
    { name: 'dir/a', path: at('a') },
    { name: 'b', path: at('b') },
  ];
  pack(files, at('one.zip'));
  writeFileSync(at('a'), 'a');
  pack(files.toReversed(), at('two.zip'));
  expect(readFileSync(at('one.zip')).equals(readFileSync(at('two.zip')))).toBe(true);
  unzip(at('one.zip'), at('out'));
  expect(readFileSync(at('out', 'dir', 'a'), 'utf8')).toBe('a');
  expect(statSync(at('out', 'dir', 'a')).mode & 0o111).toBe(0o111);
});

test('nothing is written outside the directory', () => {
  const link = (target: string) =>
    [Buffer.from(target), { os: 3, attrs: 0o120777 * 0x10000 }] as [Uint8Array, object];
  const hostile = {
    climbs: zipSync({ '../x': Buffer.from('x') }),
    absolute: zipSync({ '/tmp/x': Buffer.from('x') }),
    backslash: zipSync({ 'a\\..\\x': Buffer.from('x') }),
    link: zipSync({ l: link('../../etc') }),
    absoluteLink: zipSync({ l: link('/etc/passwd') }),
    through: zipSync({ d: link('.'), 'd/x': Buffer.from('x') }),
  };
  for (const [name, zip] of Object.entries(hostile)) {
    writeFileSync(at(`${name}.zip`), zip);
    expect(() => unzip(at(`${name}.zip`), at(`out-${name}`))).toThrow();
  }
});

test('a damaged archive is refused', () => {
  writeFileSync(at('a'), 'hello hello hello');
  pack([{ name: 'a', path: at('a') }], at('a.zip'));
  const zip = readFileSync(at('a.zip'));
  writeFileSync(at('cut.zip'), zip.subarray(0, zip.length - 5));
  expect(() => unzip(at('cut.zip'), at('out'))).toThrow('is no zip');
  zip[35] = zip[35]! ^ 0xff;
  writeFileSync(at('bent.zip'), zip);
  expect(() => unzip(at('bent.zip'), at('out'))).toThrow();
});
