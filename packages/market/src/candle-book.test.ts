import { expect, test } from '@jest/globals';
import { aggregate } from './candle.ts';
import { createCandleBook } from './candle-book.ts';
import { type Feed, FeedAway } from './feed.ts';
import { createSeededPriceGenerator } from './seeded-price-generator.ts';
import { ManualClock } from './testing/manual-clock.ts';

const noon = Date.parse('2030-01-01T12:00:00Z');
const minute = 60_000;

test('the minutes are those that the beats make, whether they were remembered or not', async () => {
  const { clock, feed, book } = given();
  const expected = async (from: number, to: number) =>
    aggregate('1m', [...(await feed.during(from, noon)), ...(await feed.during(noon, to))]).get('KEEL');
  for (const passed of [0, 30_000, 31_000, 90_000, 40 * minute]) {
    clock.advance(passed);
    const minutes = await book.minutes('KEEL', noon - 30 * minute, noon + 59 * minute);
    expect(minutes).toEqual(await expected(noon - 30 * minute, noon + 59 * minute));
  }
});

test('only the minutes that begin in the time asked for are told', async () => {
  const { book } = given();
  const minutes = await book.minutes('SAIL', noon - 5 * minute, noon - 2 * minute);
  expect(minutes.map(({ start }) => (start - noon) / minute)).toEqual([-5, -4, -3]);
});

test('each beat of a finished minute is read once, whoever asks at the same time', async () => {
  const { book, read } = given();
  const ask = (symbol: string) => book.minutes(symbol, noon - 60 * minute, noon);
  const [keel] = await Promise.all([ask('KEEL'), ask('SAIL'), ask('KEEL')]);
  expect(keel).toHaveLength(60);
  expect(await ask('KEEL')).toEqual(keel);
  expect(read).toEqual([[noon - 60 * minute, noon]]);
});

test('what is remembered is told while the feed is away, and what failed is tried again', async () => {
  const { book, away } = given();
  away(true);
  await expect(book.minutes('KEEL', noon - 60 * minute, noon)).rejects.toThrow(FeedAway);
  away(false);
  const minutes = await book.minutes('KEEL', noon - 60 * minute, noon);
  expect(minutes).toHaveLength(60);
  away(true);
  expect(await book.minutes('KEEL', noon - 60 * minute, noon)).toEqual(minutes);
});

test('a minute that ends while somebody reads is told to nobody twice', async () => {
  const { clock, book } = given();
  clock.advance(59_000);
  const ask = () => book.minutes('KEEL', noon - 60 * minute, noon + 60 * minute);
  const early = ask();
  clock.advance(1000);
  const [before, after] = await Promise.all([early, ask()]);
  for (const minutes of [before, after]) {
    expect(new Set(minutes.map(({ start }) => start)).size).toBe(minutes.length);
  }
});

/** A generator that can go away like a feed elsewhere, and a record of what was read of it. */
function given() {
  const clock = new ManualClock(noon);
  const generator = createSeededPriceGenerator('test', clock);
  const read: [number, number][] = [];
  let isAway = false;
  const feed: Feed = {
    ...generator,
    during: async (from, to) => {
      if (isAway) throw new FeedAway('away');
      read.push([from, to]);
      return generator.during(from, to);
    },
  };
  return {
    clock,
    feed: generator,
    book: createCandleBook(feed),
    read,
    away: (value: boolean) => {
      isAway = value;
    },
  };
}
