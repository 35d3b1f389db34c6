import { expect, test } from '@jest/globals';
import { createMemoryAttemptStore } from './attempt-store.ts';
import { createDynamoAttemptStore } from './dynamo-attempt-store.ts';
import { describeStore } from './testing/stores.ts';

const later = 2_000_000_000;

describeStore(
  'attempts',
  () => createMemoryAttemptStore(() => new Date(0)),
  client => createDynamoAttemptStore('attempts', client),
  open => {
    test('counts each attempt of many at once', async () => {
      const counts = await Promise.all(Array.from({ length: 8 }, () => open().count('a', later)));
      expect(counts.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    });

    test('counts each key by itself', async () => {
      expect(await open().count('b', later)).toBe(1);
    });

    test('begins again after it forgot', async () => {
      await open().forget('a');
      await open().forget('never counted');
      expect(await open().count('a', later)).toBe(1);
    });
  },
);

test('the memory store lets go of what has expired', async () => {
  let now = new Date(0);
  const store = createMemoryAttemptStore(() => now);
  await store.count('a', 10);
  now = new Date(10_000);
  expect(await store.count('a', 20)).toBe(1);
});
