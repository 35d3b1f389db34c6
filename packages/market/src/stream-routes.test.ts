import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import request from 'supertest';
import { type EventClient, openEvents, ticksOf } from './testing/event-client.ts';
import { ManualClock } from './testing/manual-clock.ts';
import { createTestMarket, type TestMarketOptions } from './testing/world.ts';

const start = '2030-01-03T08:30:10Z';
const startId = Date.parse(start) / 1000;

const servers: Server[] = [];
const clients: EventClient[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise(resolve => server.close(resolve));
  }
});

/** A task that listens, and clients of it. */
async function startTask(options: TestMarketOptions = {}) {
  const market = createTestMarket({ at: start, ...options });
  const server = createServer(market.app).listen(0, '127.0.0.1');
  servers.push(server);
  await new Promise(resolve => server.once('listening', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/market/stream`;
  const listen = async (query = '', headers = {}) => {
    const client = await openEvents(url + query, headers);
    clients.push(client);
    return client;
  };
  return { ...market, listen };
}

test('says first that the prices are generated, then the latest and each one that comes', async () => {
  const { clock, listen } = await startTask();
  const client = await listen();
  await client.ticks(1);
  clock.advance(2000);
  await client.ticks(3);
  expect(client.headers['content-type']).toMatch(/^text\/event-stream/);
  expect(client.events[0]).toMatchObject({ event: 'source', data: { real: false } });
  expect(ticksOf(client.events).map(({ id }) => Number(id) - startId)).toEqual([0, 1, 2]);
  expect(client.events[1]!.data).toMatchObject({ at: '2030-01-03T08:30:10.000Z', items: { length: 8 } });
});

test('tells only the symbols that are asked for', async () => {
  const { listen } = await startTask();
  const client = await listen('?symbols=SAIL,KEEL');
  await client.ticks(1);
  const { items } = client.events[1]!.data as { items: { symbol: string; price: string }[] };
  expect(items.map(({ symbol }) => symbol)).toEqual(['KEEL', 'SAIL']);
  expect(items[0]!.price).toMatch(/^\d+\.\d\d$/);
});

test('a client that moves from one task to another with Last-Event-ID misses nothing and hears nothing twice', async () => {
  const clock = new ManualClock(start);
  const [blue, green] = [await startTask({ clock }), await startTask({ clock })];
  const whole = await blue.listen();
  const before = await blue.listen();
  clock.advance(5000);
  await before.ticks(6);
  before.close();
  clock.advance(7000); // nobody is connected
  const after = await green.listen('', { 'Last-Event-ID': before.events.at(-1)!.id! });
  clock.advance(3000);
  await after.ticks(10);
  await whole.ticks(16);
  expect(ticksOf([...before.events, ...after.events])).toEqual(ticksOf(whole.events));
});

test('a client that cannot set headers says in the query where to go on', async () => {
  const { listen } = await startTask();
  const client = await listen(`?after=${startId - 3}`);
  await client.ticks(3);
  expect(ticksOf(client.events).map(({ id }) => Number(id) - startId)).toEqual([-2, -1, 0]);
});

test('a client that was away for long is told of the gap and goes on with the present', async () => {
  const { listen } = await startTask();
  const client = await listen('', { 'Last-Event-ID': String(startId - 3600) });
  await client.ticks(1);
  expect(client.events.slice(1)).toMatchObject([
    { event: 'gap', data: { after: startId - 3600, upTo: startId - 1 } },
    { event: 'ticks', id: String(startId) },
  ]);
});

test.each(['99999999999', 'x', '-1'])('an id %s that never was is as good as none', async id => {
  const { listen } = await startTask();
  const client = await listen('', { 'Last-Event-ID': id });
  await client.ticks(1);
  expect(client.events[1]!.id).toBe(String(startId));
});

test('when the process drains, the stream ends and says to come again soon', async () => {
  const { kit, listen } = await startTask();
  const client = await listen();
  await client.ticks(1);
  kit.startDraining();
  await client.ended;
  expect(client.retryMs()).toBeLessThanOrEqual(1000);
});

test('no more listen than a task can bear, and a place that is left is taken again', async () => {
  const { app, listen } = await startTask({ mostListeners: 2 });
  const [first] = [await listen(), await listen()];
  expect((await listen()).status).toBe(503);
  await request(app).get('/market/stream').expect(503).expect('Retry-After', '5');
  first.close();
  let again = await listen();
  while (again.status === 503) again = await listen(); // until the server has seen that the first one left
  await again.ticks(1);
});

test('who leaves is forgotten: nothing runs for nobody', async () => {
  const { clock, listen } = await startTask();
  const client = await listen();
  await client.ticks(1);
  expect(clock.pending).toBe(1);
  client.close();
  while (clock.pending > 0) await new Promise(resolve => setImmediate(resolve));
});

test.each(['symbols=NONE', 'symbols=keel', 'after=x', 'colour=red'])('%s is refused', async query => {
  const { app } = await startTask();
  await request(app)
    .get(`/market/stream?${query}`)
    .expect(400)
    .expect('Content-Type', /problem/);
});
