import { expect, test } from '@jest/globals';
import { createSieve, logLine } from './logs.ts';

const line = (id: string, text = id) => ({ at: 1000, stream: 'news/news/3f9a1c77', text, id });

test('a line is shown once, however often it is read', () => {
  const fresh = createSieve([line('a')]);
  expect(fresh([line('a'), line('b')]).map(each => each.id)).toEqual(['b']);
  expect(fresh([line('b'), line('c')]).map(each => each.id)).toEqual(['c']);
  expect(fresh([])).toEqual([]);
});

test('a line tells its time and its task', () => {
  expect(logLine(line('a', 'listening'))).toBe('00:00:01 3f9a1c listening');
});
