import * as z from 'zod';
import type { Candle } from './candle.ts';
import { type Day, dayEnd, dayStart } from './day.ts';
import type { Source } from './feed.ts';
import { symbolPattern } from './instrument.ts';

/** The candles of a minute of one instrument and one day, as far as they were finished when it was written. */
export type Snapshot = {
  readonly source: Source;
  readonly symbol: string;
  readonly day: Day;
  /** The day's candles before this time are all here, in milliseconds since 1970. */
  readonly until: number;
  readonly candles: readonly Candle[];
};

/** Whether nothing will ever be added. */
export function isFinished({ day, until }: Pick<Snapshot, 'day' | 'until'>): boolean {
  return until === dayEnd(day);
}

const minuteMs = 60_000;
const whole = z.int().min(0);

/** A row is the minute of the day, open, high, low, close in cents, and the volume. */
const row = z.tuple([whole.max(1439), whole, whole, whole, whole, whole]);
const stored = z.object({
  format: z.literal(1),
  source: z.object({ name: z.string().max(100), real: z.boolean() }),
  symbol: z.string().regex(symbolPattern),
  currency: z.literal('USD'),
  day: z.iso.date(),
  minutes: whole.max(1440),
  candles: z.array(row).max(1440),
});

/** Returns the snapshot as it is kept: the same one is always the same text. */
export function writeSnapshot({ source, symbol, day, until, candles }: Snapshot): string {
  const start = dayStart(day);
  const document: z.infer<typeof stored> = {
    format: 1,
    source: { name: source.name, real: source.real },
    symbol,
    currency: 'USD',
    day,
    minutes: (until - start) / minuteMs,
    candles: candles.map(candle => [
      (candle.start - start) / minuteMs,
      ...[candle.open, candle.high, candle.low, candle.close],
      candle.volume,
    ]) as z.infer<typeof row>[],
  };
  return `${JSON.stringify(document)}\n`;
}

/** Returns the snapshot that this text keeps. Throws an Error where it keeps none. */
export function readSnapshot(text: string): Snapshot {
  const { source, symbol, day, minutes, candles } = stored.parse(JSON.parse(text));
  const start = dayStart(day);
  return {
    source,
    symbol,
    day,
    until: start + minutes * minuteMs,
    candles: candles.map(([minute, open, high, low, close, volume]) => ({
      start: start + minute * minuteMs,
      ...{ open, high, low, close, volume },
    })),
  };
}
