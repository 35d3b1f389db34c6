import { expect, test } from '@jest/globals';
import { listPage } from './listing.ts';
import type { ObjectRow } from './tables.ts';

const rows = ['a', 'b/1', 'b/2', 'c', 'd/1', 'e'].map(key => ({ key }) as ObjectRow);

test.each([1, 2, 3, 10])('every key and common prefix is listed once in pages of %i', limit => {
  const found: string[] = [];
  let after = '';
  for (let pages = 0; pages < 10; pages += 1) {
    const page = listPage(rows, { prefix: '', delimiter: '/', after, limit });
    found.push(...[...page.objects.map(row => row.key), ...page.commonPrefixes].sort());
    if (page.next === undefined) break;
    after = page.next;
  }
  expect(found).toEqual(['a', 'b/', 'c', 'd/', 'e']);
});

test('a prefix and a delimiter list one level', () => {
  const page = listPage(rows.slice(1, 3), { prefix: 'b/', delimiter: '/', after: '', limit: 10 });
  expect(page.objects.map(row => row.key)).toEqual(['b/1', 'b/2']);
  expect(page.commonPrefixes).toEqual([]);
});
