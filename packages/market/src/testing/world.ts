import { join } from 'node:path';
import type { Kit } from '@slipway/service-kit';
import { createTestKit } from '@slipway/service-kit/testing';
import type { Express } from 'express';
import { createApp } from '../app.ts';
import { createCandleBook } from '../candle-book.ts';
import type { Feed } from '../feed.ts';
import { createSeededPriceGenerator } from '../seeded-price-generator.ts';
import { createMemorySnapshotStore, type SnapshotStore } from '../snapshot-store.ts';
import { ManualClock } from './manual-clock.ts';

export const serviceFolder = join(import.meta.dirname, '../..');

export type TestMarket = {
  readonly app: Express;
  readonly kit: Kit;
  readonly clock: ManualClock;
  readonly feed: Feed;
  readonly snapshots: SnapshotStore;
};

export type TestMarketOptions = {
  readonly at?: string;
  readonly clock?: ManualClock;
  readonly feed?: (generator: Feed) => Feed;
  readonly snapshots?: SnapshotStore;
  readonly mostListeners?: number;
};

/** One task's app on a clock that the test moves. */
export function createTestMarket(options: TestMarketOptions = {}): TestMarket {
  const {
    clock = new ManualClock(options.at ?? '2030-01-03T08:30:10Z'),
    snapshots = createMemorySnapshotStore(),
  } = options;
  const generator = createSeededPriceGenerator('test', clock);
  const feed = options.feed?.(generator) ?? generator;
  const kit = { ...createTestKit(serviceFolder), now: () => new Date(clock.now()) };
  return {
    app: createApp({
      ...kit,
      feed,
      book: createCandleBook(feed),
      snapshots,
      mostListeners: options.mostListeners ?? 10,
    }),
    kit,
    clock,
    feed,
    snapshots,
  };
}
