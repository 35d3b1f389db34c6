import { expect, test } from '@jest/globals';
import { createSeededPriceGenerator } from './seeded-price-generator.ts';
import { ManualClock } from './testing/manual-clock.ts';
import type { Beat } from './tick.ts';

const noon = '2030-01-01T12:00:00Z';
const noonSecond = Date.parse(noon) / 1000;
const open = (seed: string, at: string | number = noon) => {
  const clock = new ManualClock(at);
  return { clock, feed: createSeededPriceGenerator(seed, clock) };
};
const priceOf = (beat: Beat, symbol: string) => beat.ticks.find(tick => tick.symbol === symbol)!.price;

test('says by its name that its prices are generated, and that they are not real', async () => {
  expect((await open('seed').feed.about()).source).toEqual({ name: 'seeded price generator', real: false });
});

test('what is traded at a second is the same in every task, whenever it was started', async () => {
  const early = open('seed', '2030-01-01T11:00:00Z');
  const late = open('seed');
  early.clock.advance(3_600_000);
  expect(await early.feed.latest()).toEqual(await late.feed.latest());
  expect(await early.feed.since(noonSecond - 60, noonSecond)).toEqual(
    await late.feed.since(noonSecond - 60, noonSecond),
  );
});

test('these are its prices for good: another version of it would tell another history', async () => {
  const beat = await open('slipway').feed.latest();
  expect(beat.sequence).toBe(noonSecond);
  expect(beat.ticks.slice(0, 2)).toEqual([
    { symbol: 'ANCH', price: 5034, volume: 48 },
    { symbol: 'BUOY', price: 4432, volume: 32 },
  ]);
});

test('another seed makes another market', async () => {
  expect(await open('seed').feed.latest()).not.toEqual(await open('other').feed.latest());
});

test('every beat is told once and in order, none before its time', () => {
  const { clock, feed } = open('seed', Date.parse(noon) + 400);
  const heard: number[] = [];
  const stop = feed.subscribe(({ sequence }) => heard.push(sequence - noonSecond));
  clock.advance(599);
  expect(heard).toEqual([]);
  clock.advance(1);
  clock.advance(3000);
  expect(heard).toEqual([1, 2, 3, 4]);
  stop();
  expect(clock.pending).toBe(0);
});

test('nothing of the future is told', async () => {
  const { feed } = open('seed');
  expect(await feed.since(noonSecond, noonSecond + 10)).toEqual([]);
  expect(await feed.during(Date.parse(noon), Date.parse(noon) + 60_000)).toHaveLength(1);
});

test('a reading of a time begins with its first moment and ends before its last', async () => {
  const from = Date.parse('2030-01-01T11:00:00Z');
  const beats = await open('seed').feed.during(from, from + 60_000);
  expect(beats.map(({ at }) => (at - from) / 1000)).toEqual(
    Array.from({ length: 60 }, (_, second) => second),
  );
});

test('prices move, but never far in a minute, and stay prices for years', async () => {
  const moves: number[] = [];
  for (let day = 0; day < 1000; day++) {
    const at = Date.parse(noon) + day * 86_400_000;
    const { feed } = open('seed', at);
    const [[before], [after]] = await Promise.all([
      feed.during(at - 60_000, at - 59_000),
      feed.during(at, at + 1000),
    ]);
    expect(priceOf(before!, 'KEEL')).toBeGreaterThan(1000);
    moves.push(Math.abs(priceOf(after!, 'KEEL') / priceOf(before!, 'KEEL') - 1));
  }
  expect(Math.max(...moves)).toBeLessThan(0.03);
  expect(Math.max(...moves)).toBeGreaterThan(0.001);
});
