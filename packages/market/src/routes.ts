import { type Kit, Problem } from '@slipway/service-kit';
import { Router } from 'express';
import { isSymbol } from './quote.ts';
import type { QuoteFeed } from './quote-feed.ts';

/** Routes of the quotes. */
export function quoteRoutes(feed: QuoteFeed, { now }: Pick<Kit, 'now'>): Router {
  const routes = Router();
  routes.get('/quotes', async (_request, response) => {
    response.json({ source: feed.source, quotes: await feed.list(now()) });
  });
  routes.get('/quotes/:symbol', async (request, response) => {
    const { symbol } = request.params;
    const quote = isSymbol(symbol) ? await feed.find(symbol, now()) : undefined;
    if (quote === undefined) throw new Problem(404, 'There is no share of that symbol.');
    response.json({ source: feed.source, ...quote });
  });
  return routes;
}
