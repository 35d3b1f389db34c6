import { describe, expect, test } from '@jest/globals';
import { describeApp } from '@slipway/service-kit/testing';
import request from 'supertest';
import { FeedAway } from './feed.ts';
import { createTestMarket, serviceFolder } from './testing/world.ts';

describeApp(serviceFolder, () => createTestMarket().app);

describe('instruments', () => {
  test('are listed page by page, each once, with where their prices come from', async () => {
    const { app } = createTestMarket();
    const symbols: string[] = [];
    for (let next: string | undefined = ''; next !== undefined; ) {
      const query: string = next === '' ? '' : `&after=${next}`;
      const { body } = await request(app).get(`/market/instruments?limit=3${query}`).expect(200);
      expect(body.items.length).toBeLessThanOrEqual(3);
      expect(body.source).toMatchObject({ real: false, note: 'Generated prices, not a market.' });
      symbols.push(...body.items.map(({ symbol }: { symbol: string }) => symbol));
      next = body.next;
    }
    expect(symbols).toEqual(['ANCH', 'BUOY', 'DOCK', 'HULL', 'KEEL', 'MAST', 'RUDR', 'SAIL']);
  });

  test('a cursor of something else is refused', async () => {
    const { app } = createTestMarket();
    await request(app).get('/market/instruments?after=KEEL').expect(400);
  });
});

describe('quotes', () => {
  test('all are listed, and each is found by its symbol', async () => {
    const { app } = createTestMarket();
    const { body } = await request(app).get('/market/quotes').expect(200);
    expect(body).toMatchObject({ age: 0, stale: false, source: { real: false } });
    expect(body.items).toHaveLength(8);
    for (const quote of body.items) {
      const { source, age, stale } = body;
      await request(app)
        .get(`/market/quotes/${quote.symbol}`)
        .expect(200, { ...quote, source, age, stale });
    }
  });

  test('tell prices as decimal texts and the change since midnight UTC', async () => {
    const atMidnight = createTestMarket({ at: '2030-01-03T00:00:00Z' });
    const { body: first } = await request(atMidnight.app).get('/market/quotes/KEEL').expect(200);
    const { body } = await request(createTestMarket().app).get('/market/quotes/KEEL').expect(200);
    expect(body.open).toBe(first.price);
    expect(first.change).toBe('0.00');
    expect(body.price).toMatch(/^\d+\.\d\d$/);
    expect(Number(body.change)).toBeCloseTo(100 * (body.price / body.open - 1), 1);
  });

  test('only those that are asked for are told', async () => {
    const { app } = createTestMarket();
    const { body } = await request(app).get('/market/quotes?symbols=KEEL,SAIL').expect(200);
    expect(body.items.map(({ symbol }: { symbol: string }) => symbol)).toEqual(['KEEL', 'SAIL']);
  });

  test.each(['symbols=', 'symbols=keel', 'symbols=KEEL,', 'symbols=NONE', 'symbol=KEEL'])(
    '%s is refused with what is wrong',
    async query => {
      const { body } = await request(createTestMarket().app).get(`/market/quotes?${query}`).expect(400);
      expect(JSON.stringify(body)).toMatch(/KEEL,SAIL|no instrument NONE|nrecognized/);
    },
  );

  test.each(['NONE', 'keel', 'constructor', '__proto__', '%2e%2e%2fjson'])(
    'there is no instrument %s',
    async symbol => {
      await request(createTestMarket().app).get(`/market/quotes/${symbol}`).expect(404);
    },
  );
});

describe('while the feed is away', () => {
  const away = async () => {
    throw new FeedAway('away');
  };

  test('the last quotes are told with their age, and readiness says that it is away', async () => {
    const { app, clock } = createTestMarket({
      feed: generator => {
        const last = generator.latest();
        return { ...generator, latest: () => last, check: away };
      },
    });
    const { body: fresh } = await request(app).get('/market/quotes').expect(200);
    clock.advance(90_000);
    const { body } = await request(app).get('/market/quotes').expect(200);
    expect(body).toEqual({ ...fresh, age: 90, stale: true });
    const ready = await request(app).get('/market/readyz').expect(503);
    expect(ready.body.detail).toMatch(/feed/);
    await request(app).get('/market/healthz').expect(200);
  });

  test('a feed that said nothing yet is a 503 that says when to come again, and the page lives', async () => {
    const { app } = createTestMarket({
      feed: generator => ({
        ...generator,
        about: away,
        latest: away,
        during: away,
        since: away,
        check: away,
      }),
    });
    for (const path of ['/instruments', '/quotes', '/quotes/KEEL', '/candles/KEEL']) {
      await request(app).get(`/market${path}`).expect(503).expect('Retry-After', /^\d+$/);
    }
    await request(app)
      .get('/market/')
      .expect(200, /price feed does not answer/);
  });
});

describe('the page', () => {
  test('shows the quotes and the candles of this moment and says that they are generated', async () => {
    const { app } = createTestMarket();
    const { body } = await request(app).get('/market/quotes/SAIL');
    const { text } = await request(app).get('/market/?symbol=SAIL&interval=1h').expect(200);
    expect(text).toContain('Generated prices, not a market');
    expect(text).toContain(body.price);
    expect(text).toContain('Candles of SAIL');
    expect(text).toMatch(/value="1h" id="interval-1h" checked/);
    expect(text).toContain('2030-01-03 08:00 (not over yet)');
  });

  test('in Chinese a rise is red, as there, and the page says so', async () => {
    const { app } = createTestMarket();
    await request(app)
      .get('/market/?lang=zh')
      .expect(/class="red-up"/)
      .expect(/红色空心为涨/)
      .expect(/价格由程序生成/);
    await request(app)
      .get('/market/?lang=en')
      .expect(/class="green-up"/);
  });

  test('what it was asked for by somebody hostile is not on it', async () => {
    const { app } = createTestMarket();
    const { text } = await request(app)
      .get('/market/?symbol=<script>alert(1)</script>&interval=1y')
      .expect(200);
    expect(text).not.toContain('<script>alert');
    expect(text).toContain('Candles of ANCH');
  });
});
