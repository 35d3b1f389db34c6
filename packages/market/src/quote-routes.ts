import { cursorOf, encodeCursor, Problem, type Route, route } from '@slipway/service-kit';
import * as z from 'zod';
import type { Feed } from './feed.ts';
import { changeInPercent, inDollars } from './money.ts';
import type { Quote, QuoteBoard } from './quote-board.ts';
import {
  findInstrument,
  instrumentsSchema,
  quoteAnswerSchema,
  type quoteSchema,
  quotesSchema,
  symbolSchema,
  symbolsSchema,
  tellInstrument,
  tellSource,
} from './schemas.ts';

export type QuoteRouteDeps = { readonly feed: Feed; readonly board: QuoteBoard; readonly now: () => Date };

/** After so long without a price the feed counts as away. */
export const staleAfterSeconds = 5;

/** Routes of what is traded and what it costs at the moment. */
export function quoteRoutes({ feed, board, now }: QuoteRouteDeps): readonly Route[] {
  const tellBoard = async (quotes: readonly Quote[]) => {
    const { source } = await feed.about();
    const newest = quotes.at(0)?.at ?? now().getTime();
    const age = Math.max(0, Math.round((now().getTime() - newest) / 100) / 10);
    return { source: tellSource(source), age, stale: age > staleAfterSeconds };
  };

  return [
    route({
      method: 'get',
      path: '/instruments',
      summary: 'List what is traded',
      query: z.strictObject({
        limit: z.coerce.number().int().min(1).max(100).default(50),
        after: cursorOf(symbolSchema).optional(),
      }),
      answers: { 200: { description: 'Instruments by their symbols', schema: instrumentsSchema } },
      handle: async ({ query: { limit, after = '' } }) => {
        const { source, instruments } = await feed.about();
        const rest = instruments.filter(({ symbol }) => symbol > after);
        const page = rest.slice(0, limit);
        const next = rest.length > limit ? { next: encodeCursor(page.at(-1)!.symbol) } : {};
        const body = { items: page.map(tellInstrument), ...next, source: tellSource(source) };
        return { status: 200, body };
      },
    }),
    route({
      method: 'get',
      path: '/quotes',
      summary: 'List the latest quotes',
      query: z.strictObject({ symbols: symbolsSchema.optional() }),
      answers: { 200: { description: 'Quotes by their symbols', schema: quotesSchema } },
      handle: async ({ query: { symbols } }) => {
        if (symbols !== undefined) await requireKnown(feed, symbols);
        const all = await board.quotes();
        const items = symbols === undefined ? all : all.filter(({ symbol }) => symbols.has(symbol));
        return { status: 200, body: { ...(await tellBoard(all)), items: items.map(tellQuote) } };
      },
    }),
    route({
      method: 'get',
      path: '/quotes/:symbol',
      summary: 'Read the latest quote of an instrument',
      params: z.strictObject({ symbol: symbolSchema }),
      answers: { 200: { description: 'The quote', schema: quoteAnswerSchema } },
      handle: async ({ params: { symbol } }) => {
        const all = await board.quotes();
        const quote = all.find(each => each.symbol === symbol);
        if (quote === undefined) throw new Problem(404, 'There is no instrument of that symbol.');
        return { status: 200, body: { ...tellQuote(quote), ...(await tellBoard(all)) } };
      },
    }),
  ];
}

/** Throws Problem 400 for a symbol of no instrument. */
export async function requireKnown(feed: Feed, symbols: ReadonlySet<string>): Promise<void> {
  const about = await feed.about();
  const unknown = [...symbols].find(symbol => findInstrument(about, symbol) === undefined);
  if (unknown !== undefined) throw new Problem(400, `There is no instrument ${unknown}.`);
}

/** Returns the quote as it is told: prices as decimal texts. */
export function tellQuote({ symbol, price, open, at }: Quote): z.output<typeof quoteSchema> {
  return {
    symbol,
    price: inDollars(price),
    ...(open !== undefined && { open: inDollars(open), change: changeInPercent(open, price) }),
    at: new Date(at).toISOString(),
  };
}
