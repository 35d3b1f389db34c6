import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RawFace } from './core/api.ts';
import type { Clock } from './core/clock.ts';
import type { EventLog } from './core/events.ts';
import type { Store } from './core/store.ts';

/** HTTP clients give up a body that is silent for long: Node's after five minutes. */
const SIGN_OF_LIFE_MS = 60_000;

export interface PrivateFaceOptions {
  store: Store;
  clock: Clock;
  /** What `/_slipway/engine` tells, beside the number of the last event. */
  info(): object;
  /** What the stacks ask for and is only recorded here, a line each with the stacks that ask. */
  notCarriedOut(): object[];
  /** Stops everything that the engine started, then the engine. */
  stop(): void;
}

/** The one documented private path beside the AWS APIs: who runs here, what is only recorded, the event
 * stream, stop. */
export function createPrivateFace(options: PrivateFaceOptions): RawFace {
  return {
    prefix: '/_slipway/',
    handle: async (request, response) => {
      const url = new URL(request.url ?? '/', 'http://engine');
      const route = `${request.method} ${url.pathname}`;
      if (route === 'GET /_slipway/engine')
        sendJson(response, 200, { ...options.info(), lastEvent: options.store.events.last() });
      else if (route === 'GET /_slipway/not-carried-out')
        sendJson(response, 200, { notCarriedOut: options.notCarriedOut() });
      else if (route === 'GET /_slipway/events') streamEvents(options, url, request, response);
      else if (route === 'POST /_slipway/stop') {
        sendJson(response, 202, { stopping: true });
        options.stop();
      } else sendJson(response, 404, { message: `the engine has no ${route}` });
    },
  };
}

/**
 * One JSON line per event, then each as it is committed: first those after the number `?after=` (`last`: none), or from
 * the time `?since=`. An empty line now and then is a sign of life.
 */
function streamEvents(
  { store, clock }: Pick<PrivateFaceOptions, 'store' | 'clock'>,
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  let after = beginning(store.events, url.searchParams);
  response.writeHead(200, { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' });
  response.flushHeaders();
  const send = (): void => {
    for (let events = store.events.after(after); events.length > 0; events = store.events.after(after)) {
      after = events.at(-1)!.seq;
      response.write(events.map(event => `${JSON.stringify(event)}\n`).join(''));
    }
  };
  const live = (): void => {
    response.write('\n');
    silence = clock.at(clock.now() + SIGN_OF_LIFE_MS, live);
  };
  let silence = clock.at(clock.now() + SIGN_OF_LIFE_MS, live);
  const unsubscribe = store.onCommit(send);
  const end = (): void => {
    unsubscribe();
    silence();
  };
  request.once('close', end);
  response.once('close', end);
  send();
}

function beginning(events: EventLog, query: URLSearchParams): number {
  const after = query.get('after');
  if (after === 'last') return events.last();
  const since = Date.parse(query.get('since') ?? '');
  return Number.isNaN(since) ? Math.max(0, Number(after) || 0) : lastBefore(events, since);
}

/** The number of the last event before a time, found by halving: numbers and times grow together. */
function lastBefore(events: EventLog, time: number): number {
  let [low, high] = [0, events.last()];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const [event] = events.after(middle, 1);
    if (event && Date.parse(event.time) < time) low = event.seq;
    else high = middle;
  }
  return low;
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
