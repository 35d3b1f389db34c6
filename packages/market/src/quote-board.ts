import { lengthMs, startOf } from './candle.ts';
import { type Feed, FeedAway } from './feed.ts';

/** The latest price of an instrument and the first one of its day, in cents. */
export type Quote = {
  readonly symbol: string;
  readonly price: number;
  /** Missing where the feed went away before it was asked. */
  readonly open: number | undefined;
  /** In milliseconds since 1970. */
  readonly at: number;
};

/** Tells the latest prices beside the day's first ones. */
export type QuoteBoard = {
  /** Returns them in the order of their symbols; the last ones known while the feed is away. Throws FeedAway. */
  readonly quotes: () => Promise<readonly Quote[]>;
};

export function createQuoteBoard(feed: Feed): QuoteBoard {
  let opening: { readonly day: number; readonly prices: Map<string, number> } | undefined;

  const openingOf = async (day: number): Promise<Map<string, number>> => {
    if (opening?.day === day) return opening.prices;
    const [first] = await feed.during(day, day + lengthMs['1m']).catch(noneIfAway);
    if (first === undefined) return new Map();
    const prices = new Map(first.ticks.map(({ symbol, price }) => [symbol, price]));
    opening = { day, prices };
    return prices;
  };

  return {
    quotes: async () => {
      const { at, ticks } = await feed.latest();
      const prices = await openingOf(startOf('1d', at));
      const quotes = ticks.map(({ symbol, price }) => ({
        symbol,
        price,
        open: prices.get(symbol),
        at,
      }));
      return quotes.toSorted((a, b) => (a.symbol < b.symbol ? -1 : 1));
    },
  };
}

function noneIfAway(error: unknown): [] {
  if (error instanceof FeedAway) return [];
  throw error;
}
