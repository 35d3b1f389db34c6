import { describe, expect, test } from '@jest/globals';
import request from 'supertest';
import { createCandleBook } from './candle-book.ts';
import { takeSnapshots } from './snapshot-job.ts';
import { createMemorySnapshotStore, type SnapshotStore, SnapshotsAway } from './snapshot-store.ts';
import { createTestMarket } from './testing/world.ts';

type Told = { start: string; partial: boolean; close: string };
const starts = (body: { items: Told[] }) => body.items.map(({ start }) => start);

describe('candles', () => {
  test('without a time they are the last sixty minutes, the current one partial', async () => {
    const { body } = await request(createTestMarket().app).get('/market/candles/KEEL').expect(200);
    expect(body).toMatchObject({
      symbol: 'KEEL',
      interval: '1m',
      currency: 'USD',
      gaps: [],
      source: { real: false },
    });
    expect(body.items).toHaveLength(60);
    expect(body.items.at(-1)).toMatchObject({ start: '2030-01-03T08:30:00.000Z', partial: true });
    expect(body.items.filter(({ partial }: Told) => partial)).toHaveLength(1);
    expect(body.next).toBeUndefined();
  });

  test('begin in the time asked for: at its first moment, and before its last', async () => {
    const window = 'from=2030-01-03T06:00:00Z&to=2030-01-03T08:00:00Z';
    const { body } = await request(createTestMarket().app).get(`/market/candles/KEEL?interval=1h&${window}`);
    expect(starts(body)).toEqual(['2030-01-03T06:00:00.000Z', '2030-01-03T07:00:00.000Z']);
  });

  test('are told page by page without a gap or a repetition', async () => {
    const { app } = createTestMarket();
    const base = '/market/candles/KEEL?interval=1h&limit=7&from=2030-01-02T02:00:00Z';
    const all: string[] = [];
    for (let next: string | undefined = ''; next !== undefined; ) {
      const { body }: { body: { items: Told[]; next?: string } } = await request(app)
        .get(next === '' ? base : `${base}&after=${next}`)
        .expect(200);
      all.push(...starts(body));
      next = body.next;
    }
    const first = Date.parse('2030-01-02T02:00:00Z');
    expect(all.map(start => (Date.parse(start) - first) / 3_600_000)).toEqual(
      Array.from({ length: 31 }, (_, hour) => hour),
    );
  });

  test('that are over may be kept for good, others must be asked for again', async () => {
    const { app } = createTestMarket();
    const over = 'from=2030-01-03T06:00:00Z&to=2030-01-03T08:00:00Z';
    const cacheOf = async (query: string) =>
      (await request(app).get(`/market/candles/KEEL?${query}`).expect(200)).get('Cache-Control');
    expect(await cacheOf(`interval=1h&${over}`)).toMatch(/immutable/);
    expect(await cacheOf('interval=1m&from=2030-01-03T06:00:00Z')).toMatch(/immutable/); // the first of two pages
    for (const query of [
      '',
      'interval=1h&from=2030-01-03T06:00:00Z',
      'interval=1h&from=2030-01-03T06:00:00Z&to=2030-01-03T08:15:00Z',
      'interval=1h&to=2030-01-03T08:00:00Z',
      'interval=1d&from=2029-12-01T00:00:00Z&to=2029-12-05T00:00:00Z', // no snapshots yet
    ]) {
      expect(await cacheOf(query)).toBe('no-cache');
    }
  });

  test('that the client knows already are not sent again', async () => {
    const { app } = createTestMarket();
    const path = '/market/candles/KEEL?interval=1h&from=2030-01-03T06:00:00Z&to=2030-01-03T08:00:00Z';
    const { headers } = await request(app).get(path);
    await request(app).get(path).set('If-None-Match', headers.etag!).expect(304);
  });

  test.each([
    ['interval=5m', /interval/],
    ['limit=0', /1 or more/],
    ['limit=1441', /at most 1440/],
    ['interval=1d&limit=32', /at most 31 for 1d/],
    ['interval=1h&limit=745', /at most 744 for 1h/],
    ['limit=abc', /limit/],
    ['from=yesterday', /must be a time such as/],
    ['from=2030-01-03T06:00:00Z&to=2030-01-03T06:00:00Z', /must be before to/],
    ['from=1970-01-01T00:00:00Z', /before the year 2000/],
    ['from=2031-01-01T00:00:00Z', /in the future/],
    ['after=abc', /cursor/],
    ['colour=red', /colour/],
  ])('%s is refused with what is wrong', async (query, message) => {
    const { body } = await request(createTestMarket().app).get(`/market/candles/KEEL?${query}`).expect(400);
    expect(JSON.stringify(body)).toMatch(message);
  });

  test('there are none of an instrument that does not exist', async () => {
    await request(createTestMarket().app).get('/market/candles/NONE').expect(404);
    await request(createTestMarket().app).get('/market/candles/__proto__').expect(404);
  });
});

describe('history', () => {
  const old = '/market/candles/KEEL?interval=1d&from=2030-01-01T00:00:00Z&to=2030-01-04T00:00:00Z';

  test('is read from snapshots, which are listed with the address of their candles', async () => {
    const market = createTestMarket();
    await takeSnapshots({ ...market, book: createCandleBook(market.feed) });
    market.clock.advance(2 * 86_400_000);
    const { body } = await request(market.app).get('/market/history/KEEL').expect(200);
    expect(body.items.map(({ day }: { day: string }) => day)).toEqual(['2030-01-02', '2030-01-03']);
    const minutes = await request(market.app).get(body.items[0].candles).expect(200);
    expect(minutes.body.items).toHaveLength(1440);
    expect(minutes.get('Cache-Control')).toMatch(/immutable/);
    const days = await request(market.app).get(old).expect(200);
    expect(days.body.gaps).toEqual(['2030-01-01', '2030-01-03']);
    expect(starts(days.body)).toEqual(['2030-01-02T00:00:00.000Z', '2030-01-03T00:00:00.000Z']);
  });

  test('pages of days follow each other', async () => {
    const market = createTestMarket();
    await takeSnapshots({ ...market, book: createCandleBook(market.feed) });
    const { body } = await request(market.app).get('/market/history/KEEL?limit=1').expect(200);
    expect(body.items).toHaveLength(1);
    const second = await request(market.app)
      .get(`/market/history/KEEL?limit=1&after=${body.next}`)
      .expect(200);
    expect(second.body.items[0].day).toBe('2030-01-03');
    expect(second.body.next).toBeUndefined();
  });

  test('alone is away when its store is: quotes, recent candles and the page live on', async () => {
    const away = async () => {
      throw new SnapshotsAway('away');
    };
    const snapshots: SnapshotStore = { ...createMemorySnapshotStore(), read: away, days: away, check: away };
    const { app } = createTestMarket({ snapshots });
    for (const path of [old, '/market/history/KEEL']) {
      await request(app)
        .get(path)
        .expect(503)
        .expect('Retry-After', '10')
        .expect('Content-Type', /problem/);
    }
    for (const path of [
      '/market/quotes',
      '/market/candles/KEEL?interval=1h',
      '/market/',
      '/market/healthz',
    ]) {
      await request(app).get(path).expect(200);
    }
    const ready = await request(app).get('/market/readyz').expect(503);
    expect(ready.body.detail).toMatch(/snapshots/);
  });
});
