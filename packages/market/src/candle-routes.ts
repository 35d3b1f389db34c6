import { cursorOf, encodeCursor, Problem, type Route, route } from '@slipway/service-kit';
import * as z from 'zod';
import { type Interval, lengthMs, startOf } from './candle.ts';
import type { CandleReader } from './candle-reader.ts';
import { type Day, dayEnd, dayStart } from './day.ts';
import type { Feed } from './feed.ts';
import { currency } from './instrument.ts';
import {
  candleQuerySchema,
  candlesSchema,
  daysSchema,
  findInstrument,
  symbolSchema,
  tellCandle,
  tellSource,
} from './schemas.ts';
import type { SnapshotStore } from './snapshot-store.ts';

export type CandleRouteDeps = {
  readonly feed: Feed;
  readonly reader: CandleReader;
  readonly snapshots: SnapshotStore;
};

/** Routes of what instruments cost over time. */
export function candleRoutes({ feed, reader, snapshots }: CandleRouteDeps): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/candles/:symbol',
      summary: 'Read the candles of an instrument',
      description:
        'Days before yesterday (UTC) come from snapshots. Candles that are over do not change, so answers of them alone may be kept for good.',
      params: z.strictObject({ symbol: symbolSchema }),
      query: candleQuerySchema,
      answers: { 200: { description: 'The candles, the oldest first', schema: candlesSchema } },
      handle: async ({ params: { symbol }, query }) => {
        const [about, { at }] = await Promise.all([feed.about(), feed.latest()]);
        if (findInstrument(about, symbol) === undefined) {
          throw new Problem(404, 'There is no instrument of that symbol.');
        }
        const { from, to, next } = chooseWindow(query, at);
        const { interval } = query;
        const { candles, gaps, settled } = await reader.read({ symbol, interval, from, to });
        const certain = query.from !== undefined && (query.to !== undefined || next !== undefined);
        return {
          status: 200,
          headers: { 'Cache-Control': settled && certain ? forGood : 'no-cache' },
          body: {
            items: candles.map(tellCandle),
            ...(next !== undefined && { next: encodeCursor(next) }),
            source: tellSource(about.source),
            symbol,
            interval,
            currency,
            at: new Date(at).toISOString(),
            gaps,
          },
        };
      },
    }),
    route({
      method: 'get',
      path: '/history/:symbol',
      summary: 'List the days of which an instrument has a snapshot',
      params: z.strictObject({ symbol: symbolSchema }),
      query: z.strictObject({
        limit: z.coerce.number().int().min(1).max(366).default(31),
        after: cursorOf(z.iso.date()).optional(),
      }),
      answers: { 200: { description: 'The days, the oldest first', schema: daysSchema } },
      handle: async ({ params: { symbol }, query: { limit, after } }) => {
        const days = await snapshots.days(symbol, { after, limit: limit + 1 });
        const items = days.slice(0, limit).map(day => ({ day, candles: addressOfDay(symbol, day) }));
        const next = days.length > limit ? { next: encodeCursor(items.at(-1)!.day) } : {};
        return { status: 200, body: { items, ...next } };
      },
    }),
  ];
}

const forGood = 'public, max-age=31536000, immutable';

type Wanted = {
  readonly interval: Interval;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly after?: number | undefined;
  readonly spanMs: number;
};

/**
 * Returns the beginnings of candles that are asked for, `[from, to)`, and where the next page begins. Without `from`
 * they are the last ones before `to`. Throws Problem 400 for a time that has not come.
 */
function chooseWindow({ interval, after, spanMs, ...wanted }: Wanted, latest: number) {
  const ceil = (time: number) => startOf(interval, time + lengthMs[interval] - 1);
  const current = startOf(interval, latest) + lengthMs[interval];
  const end = wanted.to === undefined ? current : Math.min(ceil(wanted.to), current);
  const first = after ?? wanted.from;
  if (first === undefined) return { from: Math.max(0, end - spanMs), to: end, next: undefined };
  if (first > latest) throw new Problem(400, 'from must not be in the future.');
  const from = ceil(first);
  const to = Math.min(end, from + spanMs);
  return { from, to, next: to < end ? to : undefined };
}

function addressOfDay(symbol: string, day: Day): string {
  const [from, to] = [dayStart(day), dayEnd(day)].map(time => new Date(time).toISOString());
  return `/market/candles/${symbol}?interval=1m&limit=1440&from=${from}&to=${to}`;
}
