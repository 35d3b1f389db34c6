import { expect, test } from '@jest/globals';
import { dayStart } from '../day.ts';
import type { Snapshot } from '../snapshot.ts';
import type { SnapshotStore } from '../snapshot-store.ts';

/** What every store of snapshots promises. `open` returns an empty one. */
export function describeSnapshotStore(open: () => SnapshotStore | Promise<SnapshotStore>): void {
  test('gives back what was kept, and nothing where nothing was', async () => {
    const store = await open();
    await expect(store.read('KEEL', '2030-01-01')).resolves.toBeUndefined();
    await expect(store.write(snapshot('KEEL', '2030-01-01', 3))).resolves.toBe(true);
    await expect(store.read('KEEL', '2030-01-01')).resolves.toMatchObject({
      snapshot: snapshot('KEEL', '2030-01-01', 3),
    });
    await expect(store.read('KEEL', '2030-01-02')).resolves.toBeUndefined();
    await expect(store.read('SAIL', '2030-01-01')).resolves.toBeUndefined();
  });

  test('a first snapshot is kept only where there is none yet', async () => {
    const store = await open();
    await store.write(snapshot('KEEL', '2030-01-01', 3));
    await expect(store.write(snapshot('KEEL', '2030-01-01', 4))).resolves.toBe(false);
    expect((await store.read('KEEL', '2030-01-01'))?.snapshot.candles).toHaveLength(3);
  });

  test('a snapshot replaces the version that was read, and no newer one', async () => {
    const store = await open();
    await store.write(snapshot('KEEL', '2030-01-01', 3));
    const { version } = (await store.read('KEEL', '2030-01-01'))!;
    await expect(store.write(snapshot('KEEL', '2030-01-01', 4), version)).resolves.toBe(true);
    await expect(store.write(snapshot('KEEL', '2030-01-01', 5), version)).resolves.toBe(false);
    await expect(store.write(snapshot('KEEL', '2030-01-02', 5), version)).resolves.toBe(false);
    expect((await store.read('KEEL', '2030-01-01'))?.snapshot.candles).toHaveLength(4);
  });

  test('of two that write at once one succeeds', async () => {
    const store = await open();
    const results = await Promise.all(
      [1, 2, 3, 4].map(minutes => store.write(snapshot('KEEL', '2030-01-01', minutes))),
    );
    expect(results.filter(Boolean)).toHaveLength(1);
  });

  test('lists the days of one instrument in order, page by page', async () => {
    const store = await open();
    for (const day of ['2030-01-03', '2029-12-31', '2030-01-01']) await store.write(snapshot('KEEL', day, 1));
    await store.write(snapshot('KEELS', '2030-01-02', 1));
    const first = await store.days('KEEL', { limit: 2 });
    expect(first).toEqual(['2029-12-31', '2030-01-01']);
    await expect(store.days('KEEL', { after: first.at(-1), limit: 2 })).resolves.toEqual(['2030-01-03']);
    await expect(store.days('NONE', { limit: 2 })).resolves.toEqual([]);
  });

  test('says that it is well', async () => {
    await expect((await open()).check()).resolves.toBeUndefined();
  });
}

function snapshot(symbol: string, day: string, minutes: number): Snapshot {
  const start = dayStart(day);
  return {
    source: { name: 'seeded price generator', real: false },
    symbol,
    day,
    until: start + minutes * 60_000,
    candles: Array.from({ length: minutes }, (_, minute) => ({
      start: start + minute * 60_000,
      ...{ open: 100 + minute, high: 120, low: 90, close: 101, volume: 7 },
    })),
  };
}
