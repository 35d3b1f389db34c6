import { expect, test } from '@jest/globals';
import { matchesWildcard } from './wildcard.ts';

test.each([
  ['/news', '/news', true],
  ['/news', '/News', false],
  ['/news', '/news/', false],
  ['/news/*', '/news/', true],
  ['/news/*', '/news/a/b', true],
  ['/news/*', '/newsletter', false],
  ['/*/healthz', '/blog/healthz', true],
  ['/v?/x', '/v1/x', true],
  ['/v?/x', '/v/x', false],
  ['*', '', true],
  ['', '', true],
  ['a*b*c', 'aXbYbZc', true],
  ['a.c', 'abc', false],
])('%s and %s match: %s', (pattern, text, matches) => {
  expect(matchesWildcard(pattern, text)).toBe(matches);
});

test('a pattern full of stars costs no more than pattern times text', () => {
  const started = performance.now();
  expect(matchesWildcard('*a'.repeat(60), 'a'.repeat(59).padEnd(16_000, 'b'))).toBe(false);
  expect(performance.now() - started).toBeLessThan(500);
});
