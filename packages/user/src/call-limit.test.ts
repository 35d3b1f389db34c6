import { expect, test } from '@jest/globals';
import { limitCalls } from './call-limit.ts';

function create() {
  let at = 0;
  const { limiter } = limitCalls({ calls: 2, seconds: 60 }, () => new Date(at));
  const pass = (seconds: number) => {
    at += 1000 * seconds;
  };
  return { limiter, pass };
}

test('each address has so many calls in a window that begins with its first one', async () => {
  const { limiter, pass } = create();
  expect(await limiter.consume('a')).toEqual({ remainingPoints: 1, msBeforeNext: 60_000 });
  pass(20);
  expect(await limiter.consume('a')).toEqual({ remainingPoints: 0, msBeforeNext: 40_000 });
  await expect(limiter.consume('a')).rejects.toMatchObject({ msBeforeNext: 40_000 });
  expect(await limiter.consume('b')).toMatchObject({ remainingPoints: 1 });
  pass(40);
  expect(await limiter.consume('a')).toMatchObject({ remainingPoints: 1 });
  expect(await limiter.consume('b')).toMatchObject({ remainingPoints: 0 });
});

test('more addresses than are kept push out the first ones', async () => {
  const { limiter } = create();
  for (let address = 0; address < 50_001; address++) await limiter.consume(String(address));
  expect(await limiter.consume('50000')).toMatchObject({ remainingPoints: 0 });
  expect(await limiter.consume('0')).toMatchObject({ remainingPoints: 1 });
});
