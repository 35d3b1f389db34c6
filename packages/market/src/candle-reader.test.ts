import { beforeEach, describe, expect, test } from '@jest/globals';
import { combine, lengthMs, startOf } from './candle.ts';
import { type CandleBook, createCandleBook } from './candle-book.ts';
import { createCandleReader } from './candle-reader.ts';
import { companies, createSeededPriceGenerator } from './seeded-price-generator.ts';
import { takeSnapshots } from './snapshot-job.ts';
import { createMemorySnapshotStore, type SnapshotStore, SnapshotsAway } from './snapshot-store.ts';
import { ManualClock } from './testing/manual-clock.ts';

const day = lengthMs['1d'];
const hour = lengthMs['1h'];
const morning = Date.parse('2030-01-03T08:30:10Z');

type World = { clock: ManualClock; snapshots: SnapshotStore; book: CandleBook } & Parameters<
  typeof createCandleReader
>[0];
let world: World;
beforeEach(() => {
  const clock = new ManualClock(morning);
  const keel = companies.filter(({ symbol }) => symbol === 'KEEL');
  const feed = createSeededPriceGenerator('test', clock, keel);
  world = { clock, feed, book: createCandleBook(feed), snapshots: createMemorySnapshotStore() };
});
const read = (interval: '1m' | '1h' | '1d', from: number, to: number) =>
  createCandleReader(world).read({ symbol: 'KEEL', interval, from, to });

describe('of the days that the feed keeps', () => {
  test('the current candle is partial, the ones before it are not', async () => {
    const { candles } = await read('1h', startOf('1h', morning) - 2 * hour, morning + hour);
    expect(candles.map(({ start, partial }) => [new Date(start).toISOString(), partial])).toEqual([
      ['2030-01-03T06:00:00.000Z', false],
      ['2030-01-03T07:00:00.000Z', false],
      ['2030-01-03T08:00:00.000Z', true],
    ]);
  });

  test('a candle is finished with the first beat after its end', async () => {
    const end = Date.parse('2030-01-03T09:00:00Z');
    world.clock.advance(end - 1 - morning);
    expect((await read('1h', end - hour, end)).candles[0]!.partial).toBe(true);
    world.clock.advance(1);
    expect((await read('1h', end - hour, end)).candles[0]!.partial).toBe(false);
  });

  test('an answer is settled once all that it tells of has passed', async () => {
    expect(await read('1m', morning - hour, morning)).toMatchObject({ settled: true, gaps: [] });
    expect(await read('1m', morning - hour, morning + 1000)).toMatchObject({ settled: false });
  });
});

describe('of older days', () => {
  const older = Date.parse('2030-01-01T00:00:00Z');

  test('candles come from snapshots and are those that the feed told at the time', async () => {
    const told = await world.book.minutes('KEEL', older + day, older + 2 * day);
    await takeSnapshots(world);
    world.clock.advance(2 * day);
    const { candles, settled, gaps } = await read('1m', older + day, older + 2 * day);
    expect(candles.map(({ partial: _, ...candle }) => candle)).toEqual(told);
    expect({ settled, gaps }).toEqual({ settled: true, gaps: [] });
    expect((await read('1d', older + day, older + 2 * day)).candles).toMatchObject(combine('1d', told));
  });

  test('a reading goes on from snapshots to the feed without a seam', async () => {
    await takeSnapshots(world);
    world.clock.advance(day);
    const { candles } = await read('1h', older + day, older + 4 * day);
    expect(candles.map(({ start }) => (start - older) / hour)).toEqual(
      Array.from({ length: 24 + 24 + 9 }, (_, index) => 24 + index),
    );
  });

  test('a day without a snapshot, or with one that was never finished, is told as a gap', async () => {
    await takeSnapshots(world); // of the 2nd and the morning of the 3rd
    world.clock.advance(3 * day);
    const reading = await read('1d', older, older + 4 * day);
    expect(reading.gaps).toEqual(['2030-01-01', '2030-01-03', '2030-01-04']);
    expect(reading.candles.map(({ start }) => (start - older) / day)).toEqual([1, 2]);
    expect(reading.settled).toBe(false);
  });

  test('they alone suffer when the store is away', async () => {
    const away = async () => {
      throw new SnapshotsAway('away');
    };
    world = { ...world, snapshots: { read: away, write: away, days: away, check: away } };
    await expect(read('1d', older, older + 3 * day)).rejects.toThrow(SnapshotsAway);
    await expect(read('1d', older + day, older + 3 * day)).resolves.toMatchObject({ gaps: [] });
  });
});
