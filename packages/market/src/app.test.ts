import { describe, expect, test } from '@jest/globals';
import { createTestKit, describeApp } from '@slipway/service-kit/testing';
import request from 'supertest';
import { createApp } from './app.ts';
import type { Quote } from './quote.ts';
import { createSeededPriceGenerator } from './seeded-price-generator.ts';

const folder = `${import.meta.dirname}/..`;
const create = () => createApp({ ...createTestKit(folder), feed: createSeededPriceGenerator('test') });

describeApp(folder, create);

describe('quotes', () => {
  test('all are listed, with where they come from, and each is found by its symbol', async () => {
    const { body } = await request(create()).get('/market/quotes').expect(200);
    expect(body.source).toMatch(/not real/);
    expect(body.quotes.length).toBeGreaterThan(3);
    for (const quote of body.quotes as Quote[]) {
      await request(create())
        .get(`/market/quotes/${quote.symbol}`)
        .expect(200, { source: body.source, ...quote });
    }
  });

  test('the page shows them and says that they are not real', async () => {
    await request(create())
      .get('/market/')
      .expect(200, /Keel Engineering/)
      .expect(/not real/);
  });

  test.each(['NONE', 'keel', 'constructor', '__proto__', '%2e%2e%2fjson'])(
    'there is no share %s',
    async symbol => {
      await request(create()).get(`/market/quotes/${symbol}`).expect(404);
    },
  );
});
