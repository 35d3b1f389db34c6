import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, test } from '@jest/globals';
import { lastEventIdOf, type ServerEvent, streamEvents } from './events.ts';
import { html } from './html.ts';
import { route } from './route.ts';
import { type Serving, serve } from './serve.ts';
import { createService } from './service.ts';
import { createTestKit } from './testing/kit.ts';

const agent = new Agent({ keepAlive: true });
const serving: Serving[] = [];
afterEach(async () => {
  for (const each of serving.splice(0)) await each.stop();
  agent.destroy();
});

/** A service with one stream; what is said is sent to everybody who listens. */
async function startStream({ heartbeatMs = 60_000 } = {}) {
  const output: string[] = [];
  const kit = createTestKit(`${import.meta.dirname}/fixtures/answer-when-told`, output);
  const listeners = new Set<(event: ServerEvent) => void>();
  const asked: (string | undefined)[] = [];
  const stream = route({
    method: 'get',
    path: '/stream',
    summary: 'Listen',
    answers: { 200: { description: 'Events', type: 'text/event-stream' } },
    handle: ({ request, response }) =>
      streamEvents(response, {
        since: lastEventIdOf(request),
        draining: kit.draining,
        heartbeatMs,
        subscribe: (send, since) => {
          asked.push(since);
          listeners.add(send);
          return () => listeners.delete(send);
        },
      }),
  });
  const page = async () => ({ title: 'Example', lead: 'Lead.', content: html`` });
  const app = createService(kit, { path: '/example', title: 'Example', routes: [stream], page });
  const options = { host: '127.0.0.1', port: 0, drainQuietMs: 0, drainLimitMs: 60_000 };
  const served = await serve(app, kit, options);
  serving.push(served);
  return { served, listeners, asked, output, url: `http://127.0.0.1:${served.port}/example/stream` };
}

async function listen(url: string, headers: Record<string, string> = {}) {
  const request = get(url, { agent, headers });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  response.on('error', () => {}); // a stream that is broken off
  const closed = new Promise(resolve => response.once('close', resolve));
  const lines = createInterface({ input: response })[Symbol.asyncIterator]();
  const read = async (count: number) => {
    const found: (string | undefined)[] = [];
    while (found.length < count) found.push((await lines.next()).value);
    return found;
  };
  return { request, response, read, closed };
}

describe('a stream of events', () => {
  test('sends what happens, by lines that a browser understands', async () => {
    const { url, listeners } = await startStream();
    const { response, read, request } = await listen(url);
    expect(response.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      'x-request-id': expect.any(String),
      'x-content-type-options': 'nosniff',
    });
    expect(await read(2)).toEqual(['retry: 2000', '']);
    for (const send of listeners) send({ id: '7', event: 'quote', data: { price: 1, text: 'a\nb' } });
    expect(await read(4)).toEqual(['id: 7', 'event: quote', 'data: {"price":1,"text":"a\\nb"}', '']);
    request.destroy();
  });

  test('goes on where the client was', async () => {
    const { url, asked } = await startStream();
    for (const [id, since] of [
      ['41', '41'],
      ['x'.repeat(300), undefined],
    ] as const) {
      const { read, request } = await listen(url, { 'Last-Event-ID': id });
      await read(2);
      expect(asked.pop()).toBe(since);
      request.destroy();
    }
  });

  test('forgets a client that leaves', async () => {
    const { url, listeners } = await startStream();
    const { read, request } = await listen(url);
    await read(2);
    expect(listeners.size).toBe(1);
    request.destroy();
    while (listeners.size > 0) await new Promise(setImmediate);
  });

  test('shows that it is alive while nothing happens', async () => {
    const { url } = await startStream({ heartbeatMs: 5 });
    const { read, request } = await listen(url);
    expect((await read(6)).slice(2)).toEqual([':', '', ':', '']);
    request.destroy();
  });

  test('ends at once when the process drains, and sends clients elsewhere', async () => {
    const { url, served, listeners } = await startStream();
    const { read, closed } = await listen(url);
    await read(2);
    const stopped = served.stop();
    expect(await read(2)).toEqual(['retry: 500', '']);
    await closed;
    await expect(stopped).resolves.toEqual({ cut: 0 });
    expect(listeners.size).toBe(0);
  });

  test('cuts off a client that does not read', async () => {
    const { url, listeners } = await startStream();
    const { response, read, closed } = await listen(url);
    await read(2);
    response.pause();
    const [send] = [...listeners];
    for (let sent = 0; listeners.size > 0 && sent < 200; sent += 1) {
      send!({ data: 'x'.repeat(100_000) });
      await new Promise(setImmediate);
    }
    expect(listeners.size).toBe(0);
    response.resume();
    await closed;
  });

  test('counts as a request with the time until it began', async () => {
    const { url, served, output } = await startStream();
    const { read, request } = await listen(url);
    await read(2);
    request.destroy();
    serving.splice(0);
    await served.stop();
    const line = output.map(text => JSON.parse(text)).find(entry => entry._aws);
    expect(line).toMatchObject({ Route: '/example/stream', Status: '2xx', Requests: 1, Latency: [1000] });
  });
});
