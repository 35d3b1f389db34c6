import { beforeEach, expect, test } from '@jest/globals';
import { lengthMs } from './candle.ts';
import { createCandleBook } from './candle-book.ts';
import { companies, createSeededPriceGenerator } from './seeded-price-generator.ts';
import { writeSnapshot } from './snapshot.ts';
import { takeSnapshots } from './snapshot-job.ts';
import { createMemorySnapshotStore, type SnapshotStore } from './snapshot-store.ts';
import { ManualClock } from './testing/manual-clock.ts';

const morning = '2030-01-03T08:30:10Z';
const hour = lengthMs['1h'];

let clock: ManualClock;
let snapshots: SnapshotStore;
beforeEach(() => {
  clock = new ManualClock(morning);
  snapshots = createMemorySnapshotStore();
});

const two = companies.filter(({ symbol }) => ['KEEL', 'SAIL'].includes(symbol));

/** Each run is a process of its own, with nothing remembered. */
const run = (store = snapshots) => {
  const feed = createSeededPriceGenerator('test', clock, two);
  return takeSnapshots({ feed, book: createCandleBook(feed), snapshots: store });
};
const textOf = async (day: string, store = snapshots) =>
  writeSnapshot((await store.read('KEEL', day))!.snapshot);

test('a first run keeps yesterday as a whole and today up to the last full hour', async () => {
  await expect(run()).resolves.toEqual({ written: 4, kept: 0 });
  expect(await snapshots.days('KEEL', { limit: 9 })).toEqual(['2030-01-02', '2030-01-03']);
  expect((await snapshots.read('KEEL', '2030-01-02'))!.snapshot.candles).toHaveLength(1440);
  expect((await snapshots.read('KEEL', '2030-01-03'))!.snapshot.candles).toHaveLength(8 * 60);
});

test('a second run in the same hour writes nothing', async () => {
  await run();
  clock.advance(20 * 60_000);
  await expect(run()).resolves.toEqual({ written: 0, kept: 4 });
});

test('the next hour is added to today, and yesterday stays as it is', async () => {
  await run();
  const yesterday = await snapshots.read('KEEL', '2030-01-02');
  clock.advance(hour);
  await expect(run()).resolves.toEqual({ written: 2, kept: 2 });
  expect((await snapshots.read('KEEL', '2030-01-03'))!.snapshot.candles).toHaveLength(9 * 60);
  expect(await snapshots.read('KEEL', '2030-01-02')).toEqual(yesterday);
});

test('a day gathered piece by piece is the same to the byte as one taken at once', async () => {
  for (let runs = 0; runs < 4; runs++) {
    await run();
    clock.advance(4 * hour);
  }
  await run();
  const atOnce = createMemorySnapshotStore();
  await run(atOnce);
  expect(await textOf('2030-01-03')).toBe(await textOf('2030-01-03', atOnce));
  expect((await snapshots.read('KEEL', '2030-01-03'))!.snapshot.until).toBe(
    Date.parse('2030-01-04T00:00:00Z'),
  );
});

test('two runs at the same time end with the same snapshots as one', async () => {
  const alone = createMemorySnapshotStore();
  await run(alone);
  const both = await Promise.all([run(), run()]);
  expect(both.map(({ written, kept }) => written + kept)).toEqual([4, 4]);
  for (const day of ['2030-01-02', '2030-01-03']) expect(await textOf(day)).toBe(await textOf(day, alone));
});

test('a run that is always too late says so instead of overwriting', async () => {
  await expect(run({ ...snapshots, write: async () => false })).rejects.toThrow(/was changed by others/);
});

test('at midnight nothing of the day that begins is written', async () => {
  clock = new ManualClock('2030-01-03T00:10:00Z');
  await run();
  expect(await snapshots.days('KEEL', { limit: 9 })).toEqual(['2030-01-02']);
});
