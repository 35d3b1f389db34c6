import type { Logger } from '@slipway/service-kit';
import { createCandleBook } from './candle-book.ts';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import { type Feed, FeedAway } from './feed.ts';
import { createRemoteFeed } from './remote-feed.ts';
import { createSeededPriceGenerator } from './seeded-price-generator.ts';
import { createMemorySnapshotStore, rememberFinishedDays, type SnapshotStore } from './snapshot-store.ts';

/** The seed of the generated prices, the same everywhere: another one would be another market. */
const seed = 'slipway';

/** How long S3 may take until it counts as away. */
const usualLimitMs = 2000;

/** How many finished days are remembered, some 110 kB each: a month of every instrument. */
const daysRemembered = 256;

/** Opens the feed of this process. */
export function openGenerator(clock: Clock): Feed {
  return createSeededPriceGenerator(seed, clock);
}

/** Opens the feed beside this process, or its own where there is none. */
export function openFeed(
  { feedUrl }: Pick<Config, 'feedUrl'>,
  clock: Clock,
  log: Logger,
): Feed & { close: () => void } {
  if (feedUrl === undefined) return { ...openGenerator(clock), close: () => {} };
  return createRemoteFeed({ url: feedUrl, clock, log });
}

/** Returns when the feed has told something. Throws FeedAway if it has not in time. */
export async function waitForFeed(feed: Feed, clock: Clock, limitMs: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const stop = feed.subscribe(() => resolve());
  const late = new FeedAway(`The feed has told nothing for ${limitMs / 1000} s.`);
  const cancel = clock.at(clock.now() + limitMs, () => reject(late));
  try {
    await feed.latest().catch(() => promise);
  } finally {
    cancel();
    stop();
  }
}

/** Opens what is kept of a feed, and where it is kept. */
export async function openHistory(
  { snapshotBucket }: Pick<Config, 'snapshotBucket'>,
  feed: Feed,
  { snapshotLimitMs = usualLimitMs }: { readonly snapshotLimitMs?: number } = {},
) {
  const snapshots = await openSnapshots(snapshotBucket, snapshotLimitMs);
  return { feed, book: createCandleBook(feed), snapshots };
}

async function openSnapshots(bucket: string | undefined, limitMs: number): Promise<SnapshotStore> {
  if (bucket === undefined) return createMemorySnapshotStore();
  const { openS3SnapshotStore } = await import('./s3-snapshot-store.ts');
  return rememberFinishedDays(openS3SnapshotStore(bucket, limitMs), daysRemembered);
}
