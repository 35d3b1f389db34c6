import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { glob } from './glob.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'slipway-glob-'));
  for (const file of [
    'a.json',
    'b+c.txt',
    '.hidden',
    'p/x/node_modules/m/i.js',
    'p/x/src/i.ts',
    'p/y/src/i.ts',
    'node_modules/m/i.js',
  ]) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), '');
  }
  symlinkSync('p', join(root, 'link'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const paths = (pattern: string) => glob(root, pattern).map(found => found.path);

test('stars stay within a name, double stars do not, dots are like other letters', () => {
  expect(paths('*')).toEqual(['.hidden', 'a.json', 'b+c.txt', 'link']);
  expect(paths('**/*.ts')).toEqual(['p/x/src/i.ts', 'p/y/src/i.ts']);
  expect(paths('p/*/src/i.{ts,js}')).toEqual(['p/x/src/i.ts', 'p/y/src/i.ts']);
  expect(paths('./p/[!x]/**/*')).toEqual(['p/y/src/i.ts']);
  expect(paths('b+c.t?t')).toEqual(['b+c.txt']);
  expect(paths('node_modules/**')).toEqual(['node_modules/m/i.js']);
  expect(paths('**/*')).toHaveLength(8);
});

test('nothing is found outside the root, nor where there is nothing', () => {
  expect(paths('../*')).toEqual([]);
  expect(paths('none/**/*')).toEqual([]);
  expect(paths('a.json/*')).toEqual([]);
});

test('whole directories are one find where they are asked for', () => {
  expect(glob(root, 'node_modules/**/*', { whole: true })).toEqual([
    { path: 'node_modules', directory: true },
  ]);
  expect(glob(root, 'p/*/node_modules/**/*', { whole: true })).toEqual([
    { path: 'p/x/node_modules', directory: true },
  ]);
  expect(glob(root, 'p', { whole: true })).toEqual([{ path: 'p', directory: true }]);
  expect(glob(root, 'none/**/*', { whole: true })).toEqual([]);
});
