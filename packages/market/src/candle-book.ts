import { setImmediate as turn } from 'node:timers/promises';
import { aggregate, type Candle, lengthMs, startOf } from './candle.ts';
import { type Feed, longestReadingMs } from './feed.ts';

/** The candles of a minute that a feed's beats make. */
export type CandleBook = {
  /**
   * Returns the instrument's candles that begin in `[from, to)`, the last one as far as the feed has come. Both are
   * whole minutes, of days that the feed keeps. Throws FeedAway where a part is neither remembered nor to be had.
   */
  readonly minutes: (symbol: string, from: number, to: number) => Promise<Candle[]>;
};

/** Two days and the hour that has begun: what a feed keeps. */
const hoursKept = 49;

type Hour = {
  readonly start: number;
  /** Minutes before this time are in `minutes`. */
  until: number;
  readonly minutes: Map<string, Candle[]>;
  filling: Promise<void>;
};

/** Remembers finished minutes by the hour, so that each beat of a feed is read once. */
export function createCandleBook(feed: Feed): CandleBook {
  const hours = new Map<number, Hour>();

  const hourOf = (start: number): Hour => {
    const hour = hours.get(start) ?? { start, until: start, minutes: new Map(), filling: Promise.resolve() };
    hours.set(start, hour);
    if (hours.size > hoursKept) hours.delete(Math.min(...hours.keys()));
    return hour;
  };
  const fill = async (hour: Hour, finished: number) => {
    const end = Math.min(hour.start + lengthMs['1h'], finished);
    if (hour.until >= end) return;
    const beats = await feed.during(hour.until, end);
    for (const [symbol, minutes] of aggregate('1m', beats)) {
      hour.minutes.set(symbol, [...(hour.minutes.get(symbol) ?? []), ...minutes]);
    }
    hour.until = end;
    await turn(); // an hour is thousands of ticks: other requests have their turn between two
  };

  return {
    minutes: async (symbol, from, to) => {
      const { at } = await feed.latest();
      const current = startOf('1m', at);
      const candles: Candle[] = [];
      for (let start = startOf('1h', from); start < Math.min(to, current); start += longestReadingMs) {
        const hour = hourOf(start);
        const filled = hour.filling.catch(() => {}).then(() => fill(hour, current));
        hour.filling = filled;
        await filled;
        candles.push(...(hour.minutes.get(symbol) ?? []).filter(({ start }) => start < current));
      }
      if (from <= current && current < to) {
        const beats = await feed.during(current, at + 1);
        candles.push(...(aggregate('1m', beats).get(symbol) ?? []));
      }
      return candles.filter(({ start }) => from <= start && start < to);
    },
  };
}
