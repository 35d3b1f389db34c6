import * as z from 'zod';
import type { AboutFeed } from './feed.ts';
import { symbolPattern } from './instrument.ts';
import type { Beat } from './tick.ts';

/** A beat as it goes over the wire: sequence number, time, and symbol, price and volume of each tick. */
type WireBeat = [number, number, [string, number, number][]];

/** Returns the beat as one line of text, without an end of line. */
export function encodeBeat({ sequence, at, ticks }: Beat): string {
  const beat: WireBeat = [sequence, at, ticks.map(({ symbol, price, volume }) => [symbol, price, volume])];
  return JSON.stringify(beat);
}

/** Returns the beat of a line. Throws an Error where it is none. */
export function decodeBeat(line: string): Beat {
  const [sequence, at, ticks] = JSON.parse(line) as WireBeat;
  if (!areWhole([sequence, at]) || !Array.isArray(ticks)) throw noBeat();
  return {
    sequence,
    at,
    ticks: ticks.map(([symbol, price, volume]) => {
      if (typeof symbol !== 'string' || !areWhole([price, volume])) throw noBeat();
      return { symbol, price, volume };
    }),
  };
}

/** Many beats by columns, which are read several times as fast: an hour has some thirty thousand ticks. */
type Columns = {
  readonly sequences: number[];
  readonly times: number[];
  readonly symbols: string[];
  /** A row for each symbol, with a value for each beat. */
  readonly prices: number[][];
  readonly volumes: number[][];
};

/** Returns beats, each of which tells of the same instruments, as one text. */
export function encodeBeats(beats: readonly Beat[]): string {
  const symbols = beats[0]?.ticks.map(({ symbol }) => symbol) ?? [];
  const columns: Columns = {
    sequences: beats.map(({ sequence }) => sequence),
    times: beats.map(({ at }) => at),
    symbols,
    prices: symbols.map((_, index) => beats.map(({ ticks }) => ticks[index]!.price)),
    volumes: symbols.map((_, index) => beats.map(({ ticks }) => ticks[index]!.volume)),
  };
  return JSON.stringify(columns);
}

/** Returns the beats of a text. Throws an Error where it holds something else. */
export function decodeBeats(text: string): Beat[] {
  const { sequences, times, symbols, prices, volumes } = JSON.parse(text) as Columns;
  const rows = [sequences, times, ...prices, ...volumes];
  if (!rows.every(row => row.length === sequences.length && areWhole(row))) throw noBeat();
  return sequences.map((sequence, beat) => ({
    sequence,
    at: times[beat]!,
    ticks: symbols.map((symbol, index) => ({
      symbol,
      price: prices[index]![beat]!,
      volume: volumes[index]![beat]!,
    })),
  }));
}

const isWhole = Number.isSafeInteger;

function areWhole(values: readonly number[]): boolean {
  return values.every(isWhole);
}

function noBeat(): Error {
  return new Error('The feed sent something else than beats');
}

const about = z.object({
  source: z.object({ name: z.string().min(1).max(100), real: z.boolean() }),
  instruments: z
    .array(
      z.object({
        symbol: z.string().regex(symbolPattern),
        name: z.object({ en: z.string().max(100), zh: z.string().max(100) }),
      }),
    )
    .max(1000),
});

/** Returns what a feed says about itself. Throws an Error where the text says something else. */
export function decodeAbout(text: string): AboutFeed {
  return about.parse(JSON.parse(text));
}
