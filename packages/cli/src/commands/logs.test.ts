import { expect, test } from '@jest/globals';
import { createSieve, logLine } from './logs.ts';

const line = (id: string, text = id) => ({ at: 1000, stream: 'news/news/3f9a1c77', text, id });

test('a line is shown once, however often it is read', () => {
  const fresh = createSieve([line('a')]);
  expect(fresh([line('a'), line('b')]).map(each => each.id)).toEqual(['b']);
  expect(fresh([line('b'), line('c')]).map(each => each.id)).toEqual(['c']);
  expect(fresh([])).toEqual([]);
});

test('a line tells its time, its task, and the container where that is not the service', () => {
  expect(logLine(line('a', 'listening'), 'news')).toBe('00:00:01 3f9a1c listening');
  const ofSidecar = { ...line('a', 'ticks'), stream: 'feed/feed/3f9a1c77' };
  expect(logLine(ofSidecar, 'news')).toBe('00:00:01 3f9a1c feed ticks');
});
