import { expect, test } from '@jest/globals';
import { limitAttempts } from './attempt-limit.ts';
import { createMemoryAttemptStore } from './attempt-store.ts';

function create(purpose = 'sign-in') {
  const clock = { now: new Date(Date.UTC(2030, 0, 1, 0, 10)) };
  const store = createMemoryAttemptStore(() => clock.now);
  const keys: string[] = [];
  const recorded: typeof store = {
    ...store,
    count: (key, expiresAt) => {
      keys.push(key);
      return store.count(key, expiresAt);
    },
  };
  const limit = limitAttempts(recorded, purpose, { attempts: 2, seconds: 900 }, () => clock.now);
  return { clock, limit, keys };
}

test('who tries too often waits until the quarter of an hour is over', async () => {
  const { clock, limit } = create();
  expect(await limit.take('ada@example.org')).toBeUndefined();
  expect(await limit.take('ada@example.org')).toBeUndefined();
  expect(await limit.take('ada@example.org')).toBe(300);
  expect(await limit.take('bob@example.org')).toBeUndefined();
  clock.now = new Date(clock.now.getTime() + 299_500);
  expect(await limit.take('ada@example.org')).toBe(1);
  clock.now = new Date(clock.now.getTime() + 500);
  expect(await limit.take('ada@example.org')).toBeUndefined();
});

test('attempts that were given back do not count', async () => {
  const { limit } = create();
  for (let tried = 0; tried < 5; tried++) {
    expect(await limit.take('ada@example.org')).toBeUndefined();
    await limit.forget('ada@example.org');
  }
});

test('of many attempts at once no more get through', async () => {
  const { limit } = create();
  const outcomes = await Promise.all(Array.from({ length: 9 }, () => limit.take('ada@example.org')));
  expect(outcomes.filter(wait => wait === undefined)).toHaveLength(2);
});

test('the address that was tried is not kept', async () => {
  const { limit, keys } = create();
  await limit.take('ada@example.org');
  expect(keys.join()).toMatch(/^sign-in:[\w-]{43}:\d+$/);
});
