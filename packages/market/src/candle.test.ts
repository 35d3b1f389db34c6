import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  aggregate as aggregateAll,
  type Candle,
  combine,
  type Interval,
  intervals,
  lengthMs,
  startOf,
} from './candle.ts';
import type { Beat } from './tick.ts';

const midnight = Date.UTC(2030, 0, 1);

/** Beats of up to two days, some without a trade of KEEL. */
const beats: fc.Arbitrary<Beat[]> = fc
  .array(
    fc.record({
      at: fc.integer({ min: 0, max: 2 * 86_400 }).map(second => midnight + 1000 * second),
      price: fc.integer({ min: 1, max: 1_000_000 }),
      volume: fc.integer({ min: 1, max: 10_000 }),
      symbol: fc.constantFrom('KEEL', 'KEEL', 'SAIL'),
    }),
    { maxLength: 300 },
  )
  .map(trades => trades.toSorted((a, b) => a.at - b.at))
  .map(trades => trades.map(({ at, ...tick }, index) => ({ sequence: index, at, ticks: [tick] })));

test('sixty candles of a minute are the candle of their hour, and so on to the day', () => {
  fc.assert(
    fc.property(beats, given => {
      const minutes = aggregate('1m', 'KEEL', given);
      const hours = aggregate('1h', 'KEEL', given);
      expect(combine('1h', minutes)).toEqual(hours);
      expect(combine('1d', minutes)).toEqual(aggregate('1d', 'KEEL', given));
      expect(combine('1d', hours)).toEqual(aggregate('1d', 'KEEL', given));
    }),
  );
});

test('it makes no difference where the beats are cut, if they are cut between two candles', () => {
  fc.assert(
    fc.property(beats, fc.integer({ min: 0, max: 48 }), (given, hour) => {
      const cut = midnight + hour * lengthMs['1h'];
      const parts = [given.filter(({ at }) => at < cut), given.filter(({ at }) => at >= cut)];
      expect(parts.flatMap(part => aggregate('1m', 'KEEL', part))).toEqual(aggregate('1m', 'KEEL', given));
    }),
  );
});

test('every trade is in exactly one candle, and no candle says anything that was not traded', () => {
  fc.assert(
    fc.property(beats, fc.constantFrom(...intervals), (given, interval) => {
      const trades = given.flatMap(({ at, ticks }) => ticks.map(tick => ({ at, ...tick })));
      const own = trades.filter(({ symbol }) => symbol === 'KEEL');
      const candles = aggregate(interval, 'KEEL', given);
      expect(sum(candles)).toBe(own.reduce((total, { volume }) => total + volume, 0));
      expect(candles.map(({ start }) => start)).toEqual(
        [...new Set(own.map(({ at }) => startOf(interval, at)))].sort((a, b) => a - b),
      );
      for (const candle of candles) {
        const prices = own
          .filter(({ at }) => startOf(interval, at) === candle.start)
          .map(({ price }) => price);
        expect(candle).toMatchObject({
          open: prices[0],
          close: prices.at(-1),
          high: Math.max(...prices),
          low: Math.min(...prices),
        });
      }
    }),
  );
});

test('a trade at the first moment of a minute belongs to it, one at its end to the next', () => {
  const trade = (at: number, price: number): Beat => ({
    sequence: at,
    at,
    ticks: [{ symbol: 'KEEL', price, volume: 1 }],
  });
  const given = [trade(midnight, 1), trade(midnight + 59_999, 2), trade(midnight + 60_000, 3)];
  expect(aggregate('1m', 'KEEL', given)).toEqual([
    { start: midnight, open: 1, high: 2, low: 1, close: 2, volume: 2 },
    { start: midnight + 60_000, open: 3, high: 3, low: 3, close: 3, volume: 1 },
  ]);
});

test('days begin at midnight UTC, before 1970 as well', () => {
  expect(new Date(startOf('1d', Date.UTC(2030, 0, 1, 23, 59, 59, 999))).toISOString()).toBe(
    '2030-01-01T00:00:00.000Z',
  );
  expect(new Date(startOf('1d', Date.UTC(1969, 11, 31, 12))).toISOString()).toBe('1969-12-31T00:00:00.000Z');
});

function aggregate(interval: Interval, symbol: string, given: readonly Beat[]): readonly Candle[] {
  return aggregateAll(interval, given).get(symbol) ?? [];
}

function sum(candles: readonly Candle[]): number {
  return candles.reduce((total, { volume }) => total + volume, 0);
}
