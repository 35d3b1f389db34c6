import { type Candle, combine, type Interval, lengthMs, startOf } from './candle.ts';
import type { CandleBook } from './candle-book.ts';
import { type Day, daysOf } from './day.ts';
import type { Feed } from './feed.ts';
import { isFinished } from './snapshot.ts';
import type { SnapshotStore } from './snapshot-store.ts';

export type CandleQuery = {
  readonly symbol: string;
  readonly interval: Interval;
  /** Candles that begin in `[from, to)`; both in milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
};

export type CandleReading = {
  readonly candles: readonly (Candle & { readonly partial: boolean })[];
  /** Days of which snapshots are missing or were never finished. */
  readonly gaps: readonly Day[];
  /** Whether the same question will have the same answer for good. */
  readonly settled: boolean;
};

/** Reads candles from the feed and, for days that it keeps no longer, from snapshots. */
export type CandleReader = {
  /** Throws FeedAway, and SnapshotsAway where a day older than yesterday is asked for. */
  readonly read: (query: CandleQuery) => Promise<CandleReading>;
};

/** How many snapshots are read at the same time. */
const readAtOnce = 8;

export function createCandleReader(deps: {
  readonly feed: Feed;
  readonly book: CandleBook;
  readonly snapshots: SnapshotStore;
}): CandleReader {
  const { feed, book, snapshots } = deps;
  return {
    read: async ({ symbol, interval, from, to }) => {
      const { at } = await feed.latest();
      const keptFrom = firstKept(at);
      const [old, minutes] = await Promise.all([
        readOldDays(snapshots, symbol, daysOf(from, Math.min(to, keptFrom))),
        from < at && to > keptFrom ? book.minutes(symbol, Math.max(from, keptFrom), to) : [],
      ]);
      const all = [...old.candles, ...minutes].filter(({ start }) => from <= start && start < to);
      const candles = combine(interval, all).map(candle => ({
        ...candle,
        partial: candle.start + lengthMs[interval] > at,
      }));
      return { candles, gaps: old.gaps, settled: to <= at && old.gaps.length === 0 };
    },
  };
}

/** Returns since when the feed keeps beats: since yesterday's midnight UTC. */
export function firstKept(latest: number): number {
  return startOf('1d', latest) - lengthMs['1d'];
}

async function readOldDays(snapshots: SnapshotStore, symbol: string, days: readonly Day[]) {
  const candles: Candle[] = [];
  const gaps: Day[] = [];
  for (let first = 0; first < days.length; first += readAtOnce) {
    const group = days.slice(first, first + readAtOnce);
    const found = await Promise.all(group.map(day => snapshots.read(symbol, day)));
    for (const [index, kept] of found.entries()) {
      if (kept === undefined || !isFinished(kept.snapshot)) gaps.push(group[index]!);
      if (kept !== undefined) candles.push(...kept.snapshot.candles);
    }
  }
  return { candles, gaps };
}
