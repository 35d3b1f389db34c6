import { createService, type Kit } from '@slipway/service-kit';
import type { Express } from 'express';
import { showQuotes } from './page.ts';
import type { QuoteFeed } from './quote-feed.ts';
import { quoteRoutes } from './routes.ts';

/** Returns the market service; it does not listen. */
export function createApp({ feed, ...kit }: Kit & { readonly feed: QuoteFeed }): Express {
  return createService(kit, {
    path: '/market',
    title: 'Market',
    routes: quoteRoutes(feed, kit),
    page: async () => showQuotes(feed.source, await feed.list(kit.now())),
  });
}
