import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type Clients, startClients } from './clients.ts';
import { until } from './until.ts';

let server: Server;
let answer: RequestListener;
let clients: Clients;
let connections: number;

beforeEach(async () => {
  connections = 0;
  answer = (_, response) => response.end('{"commit":"one"}');
  server = createServer((request, response) => answer(request, response)).on(
    'connection',
    () => connections++,
  );
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  clients = startClients(() => `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
afterEach(async () => {
  await clients.stop();
  server.close();
});

const after = (condition: () => boolean) =>
  until(condition, { limitMs: 10_000, what: () => JSON.stringify(clients.failures().slice(0, 3)) });

test('clients ask again on connections that they keep, and tell which versions they saw', async () => {
  await after(() => clients.answered() > 100);
  expect(connections).toBe(44);
  answer = (_, response) => response.end('<dd data-answer="commit">two</dd>');
  await after(() => clients.sightings().length === 16);
  expect(clients.sightings().slice(8)).toContainEqual(
    expect.objectContaining({ where: 'production', service: 'news', commit: 'two' }),
  );
  expect(clients.failures()).toEqual([]);
});

test.each<[string, RegExp, RequestListener]>([
  ['a status that is not good', /status 502/, (_, response) => void response.writeHead(502).end()],
  ['a connection that is cut', /hang up|reset/i, request => void request.socket.destroy()],
  ['an answer of nobody', /names no commit/, (_, response) => void response.end('not released yet')],
  [
    'an answer that ends too soon',
    /aborted|hang up|reset/i,
    (request, response) => {
      response.writeHead(200, { 'content-length': '1000' }).write('{"commit":"one"}');
      setImmediate(() => request.socket.destroy());
    },
  ],
])('%s is a failed request', async (_, reason, listener) => {
  await after(() => clients.answered() > 50);
  expect(clients.failures()).toEqual([]);
  answer = listener;
  await after(() => clients.failures().length > 0);
  expect(clients.failures()[0]).toMatchObject({ reason: expect.stringMatching(reason) });
});

test('a service that is removed may be gone, and may not cut connections', async () => {
  clients.retire('news');
  answer = (request, response) => {
    if (request.url?.startsWith('/news')) response.writeHead(404).end();
    else response.end('{"commit":"one"}');
  };
  const answered = clients.mark();
  await after(() => clients.answered(answered) > 100);
  expect(clients.failures()).toEqual([]);
  answer = request => void request.socket.destroy();
  await after(() => clients.failures().some(each => each.service === 'news'));
});
