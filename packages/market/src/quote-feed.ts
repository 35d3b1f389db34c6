import type { Quote } from './quote.ts';

/** Where quotes come from. */
export type QuoteFeed = {
  /** Says to people where the prices come from, such as whether they are real. */
  readonly source: string;
  /** Returns the quote of each share at that moment, in the order of their symbols. */
  readonly list: (at: Date) => Promise<Quote[]>;
  readonly find: (symbol: string, at: Date) => Promise<Quote | undefined>;
};
