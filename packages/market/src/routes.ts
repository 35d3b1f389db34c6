import { type Kit, Problem, type Route, route } from '@slipway/service-kit';
import * as z from 'zod';
import { quoteSchema, symbolSchema } from './quote.ts';
import type { QuoteFeed } from './quote-feed.ts';

const source = z.string().describe('Where the prices come from');

/** Routes of the quotes. */
export function quoteRoutes(feed: QuoteFeed, { now }: Pick<Kit, 'now'>): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/quotes',
      summary: 'List the latest quotes',
      answers: {
        200: {
          description: 'A quote of each share',
          schema: z.strictObject({ source, quotes: z.array(quoteSchema) }),
        },
      },
      handle: async () => ({ status: 200, body: { source: feed.source, quotes: await feed.list(now()) } }),
    }),
    route({
      method: 'get',
      path: '/quotes/:symbol',
      summary: 'Read the latest quote of a share',
      params: z.strictObject({ symbol: symbolSchema }),
      answers: { 200: { description: 'The quote', schema: quoteSchema.extend({ source }) } },
      handle: async ({ params: { symbol } }) => {
        const quote = await feed.find(symbol, now());
        if (quote === undefined) throw new Problem(404, 'There is no share of that symbol.');
        return { status: 200, body: { source: feed.source, ...quote } };
      },
    }),
  ];
}
