import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createFeedServer } from './feed-server.ts';
import { createRemoteFeed, type RemoteFeed } from './remote-feed.ts';
import { createSeededPriceGenerator } from './seeded-price-generator.ts';
import { ManualClock } from './testing/manual-clock.ts';
import type { Beat } from './tick.ts';

const noon = Date.parse('2030-01-01T12:00:00Z');
const log = { info: () => {}, warn: () => {} };

let clock: ManualClock;
let server: Server;
let port = 0;
let remote: RemoteFeed;

beforeEach(async () => {
  clock = new ManualClock(noon);
  await startFeed();
});
afterEach(async () => {
  remote?.close();
  await stopFeed();
  port = 0;
});

async function startFeed(): Promise<void> {
  const feed = createSeededPriceGenerator('test', clock);
  server = createServer(createFeedServer(feed, new AbortController().signal));
  await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
}

async function stopFeed(): Promise<void> {
  const closed = new Promise(resolve => server.close(resolve));
  server.closeAllConnections();
  await closed;
}

/** Follows the feed and returns what was heard, and a wait for so many beats. */
function connect(own = clock) {
  remote = createRemoteFeed({ url: `http://127.0.0.1:${port}`, clock: own, log });
  const heard: Beat[] = [];
  let arrived = () => {};
  remote.subscribe(beat => {
    heard.push(beat);
    arrived();
  });
  const until = async (count: number) => {
    while (heard.length < count) await new Promise<void>(resolve => (arrived = resolve));
  };
  return { heard, until };
}

test('tells the same as the feed itself', async () => {
  const { heard, until } = connect();
  await until(1);
  const feed = createSeededPriceGenerator('test', clock);
  expect(await remote.about()).toEqual(await feed.about());
  expect(await remote.latest()).toEqual(await feed.latest());
  clock.advance(3000);
  await until(4);
  const { sequence } = await feed.latest();
  expect(heard).toEqual(await feed.since(sequence - 4, sequence));
  expect(await remote.since(sequence - 2, sequence)).toEqual(await feed.since(sequence - 2, sequence));
});

test('what was before it connected is read from the feed', async () => {
  const { until } = connect();
  await until(1);
  const feed = createSeededPriceGenerator('test', clock);
  const hour = [noon - 3_600_000, noon] as const;
  expect(await remote.during(...hour)).toEqual(await feed.during(...hour));
  expect(await remote.since(noon / 1000 - 100, noon / 1000)).toHaveLength(100);
});

test('what a feed that slept has not told is asked for', async () => {
  const { until } = connect(new ManualClock(noon));
  await until(1);
  clock.jump(1_000_000);
  await until(2);
  const feed = createSeededPriceGenerator('test', clock);
  expect(await remote.during(noon, noon + 120_000)).toEqual(await feed.during(noon, noon + 120_000));
});

describe('when the feed goes away', () => {
  test('the last beat is still known, and readiness says that it is away', async () => {
    const { until } = connect();
    await until(1);
    await expect(remote.check()).resolves.toBeUndefined();
    const last = await remote.latest();
    await stopFeed();
    await eventually(() => expect(remote.check()).rejects.toMatchObject({ code: 'FEED_AWAY' }));
    clock.advance(5000);
    expect(await remote.latest()).toEqual(last);
    await expect(remote.during(noon - 7_200_000, noon - 3_600_000)).rejects.toMatchObject({
      code: 'FEED_AWAY',
    });
    await startFeed();
  });

  test('it connects again, and what happened meanwhile is told without a gap', async () => {
    const { heard, until } = connect();
    await until(1);
    await stopFeed();
    await eventually(() => expect(remote.check()).rejects.toThrow());
    clock.advance(60_000);
    await startFeed();
    await eventually(() => {
      clock.advance(100);
      return remote.check();
    });
    await until(61);
    const first = heard[0]!.sequence;
    expect(heard.map(({ sequence }) => sequence - first)).toEqual(heard.map((_, index) => index));
  });

  test('a feed that never was there is waited for, and not found ready', async () => {
    await stopFeed();
    const { until } = connect();
    await expect(remote.latest()).rejects.toMatchObject({ code: 'FEED_AWAY' });
    await expect(remote.about()).rejects.toMatchObject({ code: 'FEED_AWAY' });
    await eventually(async () => expect(clock.pending).toBe(1));
    await startFeed();
    clock.advance(250);
    await until(1);
    await expect(remote.check()).resolves.toBeUndefined();
  });
});

test('a feed that holds the connection and says nothing counts as away', async () => {
  const own = new ManualClock(noon); // the feed's own clock stands still, so it has nothing to say
  remote = createRemoteFeed({ url: `http://127.0.0.1:${port}`, clock: own, log });
  await new Promise<void>(resolve => remote.subscribe(() => resolve()));
  own.advance(10_000);
  await eventually(() => expect(remote.check()).rejects.toThrow());
});

test.each([
  '/beats',
  '/beats?after=1',
  '/beats?after=1&upTo=99999999',
  '/beats?from=0&to=99999999',
  '/beats?after=x&upTo=2',
])('the server of a feed refuses %s', async path => {
  expect((await fetch(`http://127.0.0.1:${port}${path}`)).status).toBe(400);
});

/** Tries until it holds; the test's own time limit ends it otherwise. */
async function eventually(hold: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      await hold();
      return;
    } catch {
      await new Promise(resolve => setImmediate(resolve));
    }
  }
}
