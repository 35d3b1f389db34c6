import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { claimStateDirectory, stateDirectory } from './state-directory.ts';

let place: string;
beforeEach(() => {
  place = realpathSync(mkdtempSync(join(tmpdir(), 'slipway-state-')));
  mkdirSync(join(place, 'one'));
  mkdirSync(join(place, 'two'));
});
afterEach(() => rmSync(place, { recursive: true }));

test('each checkout has a state directory of its own, the same one every time', () => {
  const env = { HOME: place };
  const one = stateDirectory(join(place, 'one'), env);
  expect(one).toMatch(/\/\.local\/state\/slipway\/one-[0-9a-f]{10}$/);
  expect(stateDirectory(join(place, 'one'), env)).toBe(one);
  expect(stateDirectory(join(place, 'two'), env)).not.toBe(one);
});

test("another checkout's state directory is refused", () => {
  const state = join(place, 'state');
  claimStateDirectory(state, join(place, 'one'));
  claimStateDirectory(state, join(place, 'one'));
  expect(() => claimStateDirectory(state, join(place, 'two'))).toThrow(
    `belongs to the checkout ${join(place, 'one')}`,
  );
});

test('a state directory inside a git work tree is refused', () => {
  mkdirSync(join(place, 'one', '.git'));
  expect(() => claimStateDirectory(join(place, 'one', 'state'), join(place, 'one'))).toThrow(
    'inside the git work tree',
  );
});
