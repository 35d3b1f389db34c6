import type { Beat } from './tick.ts';

/** How long a candle lasts. */
export const intervals = ['1m', '1h', '1d'] as const;
export type Interval = (typeof intervals)[number];

export const lengthMs: Readonly<Record<Interval, number>> = {
  '1m': 60_000,
  '1h': 3_600_000,
  '1d': 86_400_000,
};

/** What one instrument cost during `[start, start + length)`. Prices are in cents. */
export type Candle = {
  /** In milliseconds since 1970, a multiple of the length: days begin at midnight UTC. */
  readonly start: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
};

/** Returns when the candle begins that this moment belongs to. */
export function startOf(interval: Interval, time: number): number {
  return time - (((time % lengthMs[interval]) + lengthMs[interval]) % lengthMs[interval]);
}

/** Returns the candles of each instrument out of beats in their order; a time without a trade has none. */
export function aggregate(interval: Interval, beats: readonly Beat[]): ReadonlyMap<string, Candle[]> {
  const candles = new Map<string, Growing[]>();
  for (const { at, ticks } of beats) {
    const start = startOf(interval, at);
    for (const { symbol, price, volume } of ticks) {
      const own = candles.get(symbol) ?? [];
      if (own.length === 0) candles.set(symbol, own);
      grow(own, start, { open: price, high: price, low: price, close: price, volume });
    }
  }
  return candles;
}

/** Returns longer candles out of shorter ones in their order: sixty of a minute are the one of their hour. */
export function combine(interval: Interval, candles: readonly Candle[]): Candle[] {
  const combined: Growing[] = [];
  for (const candle of candles) grow(combined, startOf(interval, candle.start), candle);
  return combined;
}

type Growing = { -readonly [Key in keyof Candle]: Candle[Key] };

/** Adds what came next to the last candle, or begins another one. */
function grow(candles: Growing[], start: number, next: Omit<Candle, 'start'>): void {
  const last = candles.at(-1);
  if (last?.start !== start) {
    const { open, high, low, close, volume } = next;
    candles.push({ start, open, high, low, close, volume });
    return;
  }
  if (next.high > last.high) last.high = next.high;
  if (next.low < last.low) last.low = next.low;
  last.close = next.close;
  last.volume += next.volume;
}
