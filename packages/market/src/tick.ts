/** One trade of an instrument. */
export type Tick = {
  readonly symbol: string;
  /** In cents. */
  readonly price: number;
  /** How many shares changed hands. */
  readonly volume: number;
};

/** What a feed says at one sequence number, of every instrument. */
export type Beat = {
  /** A whole number that only rises. The same feed says the same at the same number, whoever asks. */
  readonly sequence: number;
  /** In milliseconds since 1970, UTC. */
  readonly at: number;
  readonly ticks: readonly Tick[];
};

/** Returns the beat with only the ticks of these symbols. */
export function only(beat: Beat, symbols: ReadonlySet<string>): Beat {
  return { ...beat, ticks: beat.ticks.filter(({ symbol }) => symbols.has(symbol)) };
}
