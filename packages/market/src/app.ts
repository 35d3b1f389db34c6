import { createService, type Kit } from '@slipway/service-kit';
import type { Express } from 'express';
import { tellAway } from './away.ts';
import type { CandleBook } from './candle-book.ts';
import { createCandleReader } from './candle-reader.ts';
import { candleRoutes } from './candle-routes.ts';
import type { Feed } from './feed.ts';
import { showMarket } from './page.ts';
import { createQuoteBoard } from './quote-board.ts';
import { quoteRoutes } from './quote-routes.ts';
import type { SnapshotStore } from './snapshot-store.ts';
import { streamRoutes } from './stream-routes.ts';

export type Deps = {
  readonly feed: Feed;
  readonly book: CandleBook;
  readonly snapshots: SnapshotStore;
  readonly mostListeners?: number;
};

/** How many may follow the stream of one task: each costs some 20 kB and a second's line. */
const usualListeners = 500;

/** Returns the market service; it does not listen. */
export function createApp({
  feed,
  book,
  snapshots,
  mostListeners = usualListeners,
  ...kit
}: Kit & Deps): Express {
  const board = createQuoteBoard(feed);
  const reader = createCandleReader({ feed, book, snapshots });
  return createService(kit, {
    path: '/market',
    title: 'Market',
    routes: tellAway([
      ...quoteRoutes({ feed, board, now: kit.now }),
      ...candleRoutes({ feed, reader, snapshots }),
      ...streamRoutes({ feed, draining: kit.draining, mostListeners }),
    ]),
    page: async asked => showMarket({ feed, board, reader }, asked),
    ready: { feed: () => feed.check(), snapshots: () => snapshots.check() },
  });
}
