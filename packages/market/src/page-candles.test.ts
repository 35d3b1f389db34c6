import { beforeAll, expect, test } from '@jest/globals';
import request from 'supertest';
import { createTestMarket } from './testing/world.ts';

type Series = {
  symbol: string;
  interval: string;
  at: number;
  candles: { start: number; partial: boolean }[];
};
type Trade = { at: number; price: number; volume: number };
type PageCandles = {
  readCandles: (answer: unknown) => Series;
  addTrade: (series: Series, trade: Trade, limit: number) => Series;
  changeOf: (open: number, price: number) => { direction: string; text: string };
};

/** What the page's scripts know of candles. */
let page: PageCandles;
beforeAll(async () => {
  const file: string = '../public/candles.js';
  page = await import(file);
});

test('the page draws from ticks what the service would answer', async () => {
  const limits = { '1m': 10, '1h': 10, '1d': 2 };
  for (const [interval, limit] of Object.entries(limits)) {
    const { app, clock, feed } = createTestMarket({ at: '2030-01-03T23:58:50Z' });
    const read = async () => {
      const query = `interval=${interval}&limit=${limit}`;
      return page.readCandles((await request(app).get(`/market/candles/KEEL?${query}`).expect(200)).body);
    };
    const before = await read();
    const { sequence } = await feed.latest();
    clock.advance(130_000);
    let series = before;
    for (const { at, ticks } of await feed.since(sequence - 5, sequence + 130)) {
      const { price, volume } = ticks.find(({ symbol }) => symbol === 'KEEL')!;
      series = page.addTrade(series, { at, price, volume }, limit); // the first five are in it already
    }
    expect(series).toEqual(await read());
    expect(series.candles.length).toBe(limit);
  }
});

test.each([
  [100, 100, 'same', '0.00'],
  [10_000, 10_123, 'up', '+1.23'],
  [10_000, 9_950, 'down', '-0.50'],
  [1_000_000, 1_000_001, 'up', '0.00'],
])('from %i to %i it goes %s by %s %%', (open, price, direction, text) => {
  expect(page.changeOf(open, price)).toEqual({ direction, text });
});
