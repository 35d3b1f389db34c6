import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { commitsBetween, contains } from './history.ts';

let place: string;
const git = (...args: string[]): string =>
  execFileSync('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', ...args], {
    cwd: place,
    encoding: 'utf8',
  }).trim();
const commit = (file: string): string => {
  mkdirSync(dirname(join(place, file)), { recursive: true });
  writeFileSync(join(place, file), `${Math.random()}`);
  git('add', '.');
  git('commit', '--quiet', '--message', `Change ${file}`);
  return git('rev-parse', 'HEAD');
};

beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'slipway-history-'));
  git('init', '--quiet', '--initial-branch=main');
});
afterEach(() => rmSync(place, { recursive: true, force: true }));

test.each(['a checkout', 'a bare repository'])('of %s the commits that matter are told', async kind => {
  const from = commit('packages/news/a.ts');
  commit('packages/blog/a.ts');
  commit('packages/news/b.ts');
  commit('docs/a.md');
  const to = commit('packages/kit/a.ts');
  if (kind === 'a bare repository') git('config', 'core.bare', 'true');
  const directory = kind === 'a bare repository' ? join(place, '.git') : place;
  const subjects = async (without: string[]): Promise<string[] | undefined> => {
    const lines = await commitsBetween({ directory }, { from, to, without });
    return lines?.map(line => /Change \S+/.exec(line)![0]);
  };
  expect(await subjects(['packages/blog/**', '**/*.md'])).toEqual([
    'Change packages/kit/a.ts',
    'Change packages/news/b.ts',
  ]);
  expect(await subjects([])).toHaveLength(4);
});

test('what is not known here is not told', async () => {
  const from = commit('a');
  expect(await commitsBetween({ directory: place }, { from, to: 'f'.repeat(40) })).toBeUndefined();
  expect(await contains({ directory: place }, from, from)).toBe(true);
  expect(await contains({ directory: place }, from, 'f'.repeat(40))).toBe(false);
});
