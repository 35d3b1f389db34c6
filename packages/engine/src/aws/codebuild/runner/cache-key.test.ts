import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { fillKey } from './cache-key.ts';
import { hashFiles } from './hash.ts';

let source: string;
beforeEach(() => {
  source = mkdtempSync(join(tmpdir(), 'slipway-key-'));
  writeFileSync(join(source, 'package-lock.json'), '{}');
});
afterEach(() => rmSync(source, { recursive: true, force: true }));

const asked: string[] = [];
const ask = async (command: string): Promise<string> => {
  asked.push(command);
  return 'answer\n';
};

test('the hash of files is filled in without asking the shell', async () => {
  const hash = hashFiles(source, ['package-lock.json']);
  expect(hash).toMatch(/^[0-9a-f]{64}$/);
  expect(await fillKey('npm-$(codebuild-hash-files package-lock.json)', source, ask)).toBe(`npm-${hash}`);
  expect(await fillKey('npm', source, ask)).toBe('npm');
  expect(asked).toEqual([]);
});

test.each([
  'npm-$CI-$(codebuild-hash-files package-lock.json)',
  'npm-$(codebuild-hash-files "$FILE")',
  'npm-$(codebuild-hash-files missing)',
  'npm-`uname`',
])('anything else is for the shell: %s', async key => {
  expect(await fillKey(key, source, ask)).toBe('answer');
  expect(asked.pop()).toContain('<<CODEBUILD_CACHE_KEY\nnpm-');
});
