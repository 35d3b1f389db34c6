import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { ManualClock } from './core/clock.ts';
import { openStore, type Store } from './core/store.ts';
import { createPrivateFace } from './private-face.ts';

const missed = [{ what: 'auto scaling', stacks: ['slipway-news-staging'] }];
let clock: ManualClock;
let store: Store;
let server: Server;

beforeEach(async () => {
  clock = new ManualClock();
  store = openStore(':memory:', clock);
  const face = createPrivateFace({
    store,
    clock,
    info: () => ({}),
    stop: () => {},
    notCarriedOut: () => missed,
  });
  server = createServer((request, response) => void face.handle(request, response));
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
  store.close();
});

function happen(name: string): void {
  store.events.append({ source: 'test', 'detail-type': name, resources: [], detail: {} });
}

/** The first `count` events of the stream; `then` happens once it is open. */
async function read(query: string, count: number, then: () => void = () => {}): Promise<string[]> {
  const { port } = server.address() as AddressInfo;
  const leave = new AbortController();
  const url = `http://127.0.0.1:${port}/_slipway/events${query}`;
  const answer = await fetch(url, { signal: leave.signal });
  then();
  let text = '';
  for await (const chunk of answer.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (text.split('\n').length > count) break;
  }
  leave.abort();
  return text
    .trim()
    .split('\n')
    .map(line => (JSON.parse(line) as { 'detail-type': string })['detail-type']);
}

test('the events begin after a number, from a time, or with what happens next', async () => {
  for (const name of ['a', 'b', 'c', 'd']) {
    happen(name);
    await clock.advance(1000);
  }
  const times = store.events.after(0).map(event => event.time);
  expect(await read('', 4)).toEqual(['a', 'b', 'c', 'd']);
  expect(await read('?after=2', 2)).toEqual(['c', 'd']);
  expect(await read(`?since=${times[1]}`, 3)).toEqual(['b', 'c', 'd']);
  expect(await read('?since=1970-01-01T00:00:00Z', 4)).toEqual(['a', 'b', 'c', 'd']);
  expect(await read('?after=last', 1, () => happen('e'))).toEqual(['e']);
  expect(await read('?since=2999-01-01T00:00:00Z', 1, () => happen('f'))).toEqual(['f']);
});

test('a stream in which nothing happens gives a sign of life every minute', async () => {
  const { port } = server.address() as AddressInfo;
  const leave = new AbortController();
  const answer = await fetch(`http://127.0.0.1:${port}/_slipway/events`, { signal: leave.signal });
  const chunks = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  for (const _ of ['first', 'second']) {
    await clock.advance(60_000);
    expect(await chunks.read()).toEqual({ done: false, value: '\n' });
  }
  leave.abort();
});

test('what is only recorded is told', async () => {
  const { port } = server.address() as AddressInfo;
  const answer = await fetch(`http://127.0.0.1:${port}/_slipway/not-carried-out`);
  expect(await answer.json()).toEqual({ notCarriedOut: missed });
});
