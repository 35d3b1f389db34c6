import type { Instrument } from './instrument.ts';
import type { Beat } from './tick.ts';

/** Where prices come from. A real market takes the generator's place behind this. */
export type Feed = {
  /** Returns what the source is and what it tells of. Throws FeedAway. */
  readonly about: () => Promise<AboutFeed>;
  /** Returns the newest beat, or the last one that is known while the source is away. Throws FeedAway. */
  readonly latest: () => Promise<Beat>;
  /** Returns the beats with `after < sequence <= upTo` in their order, the newest `beatsAtOnce`. Throws FeedAway. */
  readonly since: (after: number, upTo: number) => Promise<readonly Beat[]>;
  /** Returns the beats of the times in `[from, to)`, of an hour at most. Throws FeedAway. */
  readonly during: (from: number, to: number) => Promise<readonly Beat[]>;
  /** Tells every beat from now on, each once and in order, until the returned function is called. */
  readonly subscribe: (listener: (beat: Beat) => void) => () => void;
  /** Settles if the source answers. Throws FeedAway. */
  readonly check: () => Promise<void>;
};

/** Names the source for programs and says whether its prices are those of a market. */
export type Source = { readonly name: string; readonly real: boolean };

export type AboutFeed = { readonly source: Source; readonly instruments: readonly Instrument[] };

/** How many beats may be asked for by their numbers at once. */
export const beatsAtOnce = 3600;

/** The longest time whose beats may be asked for at once. */
export const longestReadingMs = 3_600_000;

/** The source does not answer, and what was asked for is not known without it. */
export class FeedAway extends Error {
  readonly code = 'FEED_AWAY';
  override readonly name = 'FeedAway';
}
