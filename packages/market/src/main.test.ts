import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { bundleService, describeBundle, startServiceProcess } from '@slipway/service-kit/testing';
import { openGenerator } from './open.ts';
import { openEvents, ticksOf } from './testing/event-client.ts';
import { ManualClock } from './testing/manual-clock.ts';
import { startTinyS3 } from './testing/tiny-s3.ts';
import { serviceFolder } from './testing/world.ts';

describeBundle(serviceFolder);

describe('the programs of the bundle', () => {
  jest.setTimeout(120_000); // two days of every instrument's prices, on a machine that may be busy
  let out: string;
  beforeAll(async () => {
    out = mkdtempSync(join(tmpdir(), 'slipway-market-'));
    await bundleService(serviceFolder, out);
  });
  afterAll(() => rmSync(out, { recursive: true, force: true }));
  const start = (name: string, env = {}) => startServiceProcess(join(out, name), env);

  test('a stream goes on at another task when its own is told to end, without a gap or a repetition', async () => {
    await using blue = await start('main.js');
    await using green = await start('main.js');
    const before = await openEvents(`${blue.url}/market/stream`);
    await before.ticks(2);
    blue.terminate();
    await before.ended;
    expect(before.retryMs()).toBeLessThanOrEqual(1000);
    await expect(blue.ended).resolves.toBe(0);

    const after = await openEvents(`${green.url}/market/stream`, {
      'Last-Event-ID': before.events.at(-1)!.id!,
    });
    await after.ticks(2);
    after.close();
    const ticks = ticksOf([...before.events, ...after.events]);
    const first = Number(ticks[0]!.id);
    expect(ticks.map(({ id }) => Number(id) - first)).toEqual(ticks.map((_, index) => index));
    const generator = openGenerator(new ManualClock(1000 * (first + ticks.length)));
    const beats = await generator.since(first - 1, first + ticks.length - 1);
    const cents = ticks.map(({ data }) =>
      (data as Told).items.map(({ price }) => Math.round(100 * Number(price))),
    );
    expect(cents).toEqual(beats.map(beat => beat.ticks.map(({ price }) => price)));
  });

  test('the service takes its prices from the feed beside it, and goes on with the last ones without it', async () => {
    await using feed = await start('feed.js');
    const address = `${feed.host}:${feed.port}`;
    expect(await run('feed-health.js', { HOST: feed.host, PORT: String(feed.port) })).toBe(0);
    await using service = await start('main.js', { CONTAINER_FEED: address });
    await untilKnown(`${service.url}/market/quotes`);
    const client = await openEvents(`${service.url}/market/stream`);
    await client.ticks(2);
    expect((await fetch(`${service.url}/market/readyz`)).status).toBe(200);

    feed.terminate();
    await expect(feed.ended).resolves.toBe(0);
    expect(await run('feed-health.js', { HOST: feed.host, PORT: String(feed.port) })).toBe(1);
    const quotes = await fetch(`${service.url}/market/quotes`);
    expect(await quotes.json()).toMatchObject({ source: { real: false }, items: { length: 8 } });
    client.close();
  });

  test('the snapshots of the schedule are what the service reads its history from', async () => {
    await using s3 = await startTinyS3();
    const env = {
      BUCKET_SNAPSHOTS: 'snapshots',
      AWS_ENDPOINT_URL: s3.endpoint,
      AWS_REGION: 'local',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
    };
    expect(await run('snapshot.js', env)).toBe(0);
    expect(s3.keys().length).toBeGreaterThanOrEqual(8);
    await using service = await start('main.js', env);
    const history = await untilKnown(`${service.url}/market/history/KEEL`);
    const { items } = (await history.json()) as { items: { day: string }[] };
    expect(items.map(({ day }) => `snapshots/candles/KEEL/${day}.json`)).toEqual(
      s3.keys().filter(key => key.includes('/KEEL/')),
    );
  });

  test('a schedule without a bucket ends with what is missing', async () => {
    expect(await run('snapshot.js', {})).toBe(1);
  });

  /** Returns the answer once it is not that something is away: a feed that starts, an S3 on a busy machine. */
  async function untilKnown(url: string): Promise<Response> {
    for (;;) {
      const answer = await fetch(url);
      if (answer.status !== 503) return answer;
      await answer.body?.cancel();
    }
  }

  /** Returns the exit code of a program of the bundle. */
  async function run(name: string, env: Record<string, string>): Promise<number> {
    const child = spawn(process.execPath, [join(out, name)], { env, stdio: 'ignore' });
    const [code] = await once(child, 'exit');
    return code;
  }
});

type Told = { readonly items: { readonly price: string }[] };
