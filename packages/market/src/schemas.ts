import { cursorOf, pageOf } from '@slipway/service-kit';
import * as z from 'zod';
import { type Candle, intervals, lengthMs } from './candle.ts';
import type { AboutFeed, Source } from './feed.ts';
import { currency, type Instrument, symbolPattern } from './instrument.ts';
import { inDollars } from './money.ts';

export const symbolSchema = z.string().regex(symbolPattern).describe('Such as KEEL');
const decimal = z
  .string()
  .regex(/^\d+\.\d\d$/)
  .describe('A decimal number in the currency');
const instant = z.iso.datetime().describe('In UTC');

export const sourceSchema = z
  .strictObject({
    name: z.string(),
    real: z.boolean().describe('Whether these are the prices of a market'),
    note: z.string(),
  })
  .meta({ id: 'Source', description: 'Where the prices come from' });

/** Returns the source as it is told, in a sentence for people as well. */
export function tellSource({ name, real }: Source): z.output<typeof sourceSchema> {
  return { name, real, note: real ? 'Prices of a market.' : 'Generated prices, not a market.' };
}

export const instrumentSchema = z
  .strictObject({
    symbol: symbolSchema,
    name: z.strictObject({ en: z.string(), zh: z.string() }),
    currency: z.literal(currency),
  })
  .meta({ id: 'Instrument' });

export function tellInstrument({ symbol, name }: Instrument): z.output<typeof instrumentSchema> {
  return { symbol, name, currency };
}

export const instrumentsSchema = pageOf(instrumentSchema).extend({ source: sourceSchema });

export const quoteSchema = z
  .strictObject({
    symbol: symbolSchema,
    price: decimal,
    open: decimal.optional().describe('The first price since midnight UTC; missing while it is not known'),
    change: z
      .string()
      .regex(/^[+-]?\d+\.\d\d$/)
      .optional()
      .describe('Per cent since the first price of the day'),
    at: instant,
  })
  .meta({ id: 'Quote' });

const board = {
  source: sourceSchema,
  age: z.number().min(0).describe('Seconds since these prices'),
  stale: z.boolean().describe('Whether the feed is away and these are the last prices that are known'),
};
export const quoteAnswerSchema = quoteSchema.extend(board);
export const quotesSchema = z.strictObject({ ...board, items: z.array(quoteSchema) });

/** One to fifty symbols behind each other, each once. */
export const symbolsSchema = z
  .string()
  .regex(
    /^[A-Z]{1,6}(,[A-Z]{1,6}){0,49}$/,
    'must be one to fifty symbols with commas between, as in KEEL,SAIL',
  )
  .transform(text => new Set(text.split(',')))
  .describe('Only these, as in `KEEL,SAIL`');

export const candleSchema = z
  .strictObject({
    start: instant,
    open: decimal,
    high: decimal,
    low: decimal,
    close: decimal,
    volume: z.int(),
    partial: z.boolean().describe('Whether it is not over yet'),
  })
  .meta({ id: 'Candle' });

export function tellCandle(candle: Candle & { partial: boolean }): z.output<typeof candleSchema> {
  return {
    start: new Date(candle.start).toISOString(),
    open: inDollars(candle.open),
    high: inDollars(candle.high),
    low: inDollars(candle.low),
    close: inDollars(candle.close),
    volume: candle.volume,
    partial: candle.partial,
  };
}

export const candlesSchema = pageOf(candleSchema).extend({
  source: sourceSchema,
  symbol: symbolSchema,
  interval: z.enum(intervals),
  currency: z.literal(currency),
  at: instant.describe('The time of the newest price that is in it'),
  gaps: z.array(z.iso.date()).describe('Days of which no finished snapshot was kept'),
});

/** How many intervals one answer may span: at most 31 days, each of which may be an object to read. */
const largest = { '1m': 1440, '1h': 744, '1d': 31 } as const;
/** How many it spans unless it is told: those of minutes and hours are of days that a feed keeps. */
export const usualLimit = { '1m': 60, '1h': 24, '1d': 30 } as const;

const time = z.iso
  .datetime({ offset: true, error: 'must be a time such as 2030-01-31T12:00:00Z' })
  .transform(text => Date.parse(text))
  .refine(at => at >= Date.UTC(2000), 'must not be before the year 2000');

export const candleQuerySchema = z
  .strictObject({
    interval: z.enum(intervals).default('1m'),
    from: time.optional().describe('Candles that begin at this time or later'),
    to: time.optional().describe('Candles that begin before this time; now, if it is missing'),
    limit: z.coerce
      .number()
      .int('must be a whole number')
      .min(1, 'must be 1 or more')
      .max(largest['1m'], `must be at most ${largest['1m']}`)
      .optional()
      .describe('How many intervals one answer spans: at most 1440 of 1m, 744 of 1h, 31 of 1d'),
    after: cursorOf(z.int().min(0).max(8.64e15)).optional(),
  })
  .superRefine(({ interval, from, to, limit }, context) => {
    const refuse = (path: string, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message });
    if (limit !== undefined && limit > largest[interval]) {
      refuse('limit', `must be at most ${largest[interval]} for ${interval}`);
    }
    if (from !== undefined && to !== undefined && from >= to) refuse('from', 'must be before to');
  })
  .transform(query => ({
    ...query,
    spanMs: (query.limit ?? usualLimit[query.interval]) * lengthMs[query.interval],
  }));

export const daysSchema = pageOf(
  z.strictObject({
    day: z.iso.date(),
    candles: z.string().describe('The address of its candles of a minute'),
  }),
);

/** Returns the instrument of that symbol. */
export function findInstrument({ instruments }: AboutFeed, symbol: string): Instrument | undefined {
  return instruments.find(instrument => instrument.symbol === symbol);
}
