import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type Listener, listenTo } from './listener.ts';
import { until } from './until.ts';

let server: Server;
let answer: RequestListener;
let listener: Listener;
let asked: (string | undefined)[];

beforeEach(async () => {
  asked = [];
  answer = (_, response) => void tell(response, 1, 2).end();
  server = createServer((request, response) => {
    asked.push(request.headers['last-event-id'] as string | undefined);
    answer(request, response);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  await listener.stop();
  server.close();
});

const listen = (): void => {
  listener = listenTo(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
};
const heard = (count: number) =>
  until(() => listener.heard() >= count, { limitMs: 10_000, what: () => listener.faults().join('\n') });

function tell(response: ServerResponse, ...ids: number[]): ServerResponse {
  response.write('retry: 1\n\nevent: source\ndata: {}\n\n');
  for (const id of ids) response.write(`id: ${id}\nevent: ticks\ndata: {}\n\n`);
  return response;
}

test.each<[string, (response: ServerResponse) => unknown]>([
  ['ends', response => response.end()],
  ['is cut off in the middle', response => response.write('id: 9', () => response.destroy())],
])('a listener goes on where it was when a stream %s', async (_, end) => {
  answer = (request, response) => {
    const last = Number(request.headers['last-event-id'] ?? 0);
    end(tell(response, last + 1, last + 2));
  };
  listen();
  await heard(6);
  expect(asked.slice(0, 3)).toEqual([undefined, '2', '4']);
  expect(listener.moves()).toBeGreaterThanOrEqual(2);
  expect(listener.faults()).toEqual([]);
});

test.each<[string, RegExp, RequestListener]>([
  ['an event that is missed', /after 2 came 4/, (_, response) => void tell(response, 4).end()],
  ['an event that is told twice', /after 2 came 2/, (_, response) => void tell(response, 2).end()],
  ['a gap', /gap: 9/, (_, response) => void response.end('event: gap\ndata: 9\n\n')],
  ['a stream that is refused', /status 503/, (_, response) => void response.writeHead(503).end()],
  ['a stream that nobody answers', /nobody answered: /, request => void request.socket.destroy()],
])('%s is told', async (_, fault, then) => {
  listen();
  await heard(2);
  answer = then;
  await until(() => listener.faults().some(each => fault.test(each)), {
    limitMs: 10_000,
    what: () => listener.faults().join('\n'),
  });
});
