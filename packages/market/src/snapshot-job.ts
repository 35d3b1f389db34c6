import { startOf } from './candle.ts';
import type { CandleBook } from './candle-book.ts';
import { firstKept } from './candle-reader.ts';
import { dayEnd, dayStart, daysOf } from './day.ts';
import type { Feed } from './feed.ts';
import { isFinished, type Snapshot } from './snapshot.ts';
import type { SnapshotStore } from './snapshot-store.ts';

/** How many snapshots a run wrote, and how many were as they should be already. */
export type SnapshotOutcome = { readonly written: number; readonly kept: number };

/** How often a run tries a snapshot that another one changes at the same time. */
const attempts = 3;

/**
 * Brings the snapshots of yesterday and today up to the last full hour. It may run at any time, twice or at the same
 * time: the same hour always gives the same snapshots, and what is finished is never written again.
 * Throws FeedAway and SnapshotsAway.
 */
export async function takeSnapshots(deps: {
  readonly feed: Feed;
  readonly book: CandleBook;
  readonly snapshots: SnapshotStore;
}): Promise<SnapshotOutcome> {
  const [{ source, instruments }, { at }] = await Promise.all([deps.feed.about(), deps.feed.latest()]);
  const fullHour = startOf('1h', at);
  const outcomes: boolean[] = [];
  for (const { symbol } of instruments) {
    for (const day of daysOf(firstKept(at), fullHour)) {
      outcomes.push(
        await bringUpToDate(deps, { source, symbol, day, until: Math.min(dayEnd(day), fullHour) }),
      );
    }
  }
  const written = outcomes.filter(Boolean).length;
  return { written, kept: outcomes.length - written };
}

/** Returns whether something was written. */
async function bringUpToDate(
  { book, snapshots }: Pick<Parameters<typeof takeSnapshots>[0], 'book' | 'snapshots'>,
  wanted: Omit<Snapshot, 'candles'>,
): Promise<boolean> {
  const { symbol, day, until } = wanted;
  for (let attempt = 0; attempt < attempts; attempt++) {
    const kept = await snapshots.read(symbol, day);
    if (kept !== undefined && (isFinished(kept.snapshot) || kept.snapshot.until >= until)) return false;
    const from = kept?.snapshot.until ?? dayStart(day);
    const candles = [...(kept?.snapshot.candles ?? []), ...(await book.minutes(symbol, from, until))];
    if (await snapshots.write({ ...wanted, candles }, kept?.version)) return true;
  }
  throw new Error(
    `The snapshot of ${symbol} of ${day} was changed by others at each of ${attempts} attempts.`,
  );
}
