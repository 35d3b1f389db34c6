import { expect, test } from '@jest/globals';
import { changeLines } from './gate.ts';

const from = 'a'.repeat(40);
const to = 'b'.repeat(40);
const what = 'news in production';

test('whoever decides sees the commits that come in', () => {
  expect(changeLines({ what, from, to, incoming: ['bbbbbbb  Change the title  (Ada)'] })).toEqual([
    'news in production: aaaaaaaaaa → bbbbbbbbbb, which brings:',
    '  bbbbbbb  Change the title  (Ada)',
  ]);
});

test('commits that touch other services only are counted, not shown', () => {
  expect(changeLines({ what, from, to, incoming: ['bbbbbbb  Mine  (Ada)'], elsewhere: 3 }).slice(1)).toEqual([
    '  bbbbbbb  Mine  (Ada)',
    '  and 3 commits elsewhere',
  ]);
  expect(changeLines({ what, from, to, incoming: [], elsewhere: 1 })).toEqual([
    'news in production: aaaaaaaaaa → bbbbbbbbbb, which brings:',
    '  and a commit elsewhere',
  ]);
});

test('whoever decides sees the commits that an older version takes back', () => {
  expect(changeLines({ what, from, to, incoming: [], outgoing: ['aaaaaaa  Change it  (Ada)'] })[0]).toBe(
    'news in production: aaaaaaaaaa → bbbbbbbbbb, which takes back:',
  );
});

test('a first release, the same commit and an unknown history are told as such', () => {
  expect(changeLines({ what, to })).toEqual(['news in production: nothing is live yet → bbbbbbbbbb']);
  expect(changeLines({ what, from, to: from })[0]).toContain('the same commit again');
  expect(changeLines({ what, from, to })[1]).toContain('not in this checkout');
});

test('a long history is cut, and the rest counted', () => {
  const incoming = Array.from({ length: 25 }, (_, index) => `c${index}`);
  const lines = changeLines({ what, from, to, incoming });
  expect(lines).toHaveLength(22);
  expect(lines.at(-1)).toBe('  and 5 more');
});
