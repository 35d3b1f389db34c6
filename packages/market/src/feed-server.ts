import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { beatsAtOnce, type Feed, longestReadingMs } from './feed.ts';
import { encodeBeat, encodeBeats } from './feed-wire.ts';
import { follow } from './follow.ts';

/** How much may wait for a reader that does not read; it is cut off and comes again. */
const backlogBytes = 1_000_000;

/**
 * Returns what the feed's own process answers to the service beside it: `/about`, `/beats?after=…&upTo=…` or
 * `?from=…&to=…`, `/stream?after=…` (a beat a line, without an end until `draining`) and `/healthz`.
 */
export function createFeedServer(feed: Feed, draining: AbortSignal): RequestListener {
  return (request, response) => {
    answer(feed, draining, request, response).catch(() => {
      if (response.headersSent) response.destroy();
      else response.writeHead(503).end('The feed does not answer.\n');
    });
  };
}

async function answer(
  feed: Feed,
  draining: AbortSignal,
  { method, url }: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname, searchParams: query } = new URL(url!, 'http://feed');
  if (method !== 'GET') return refuse(response, 405);
  if (pathname === '/healthz') return void response.end('ok\n');
  if (pathname === '/about') return void response.end(JSON.stringify(await feed.about()));
  if (pathname === '/beats') {
    const range = readRange(query);
    if (range === undefined) return refuse(response, 400);
    const beats = await ('after' in range
      ? feed.since(range.after, range.upTo)
      : feed.during(range.from, range.to));
    return void response.end(encodeBeats(beats));
  }
  if (pathname === '/stream') return stream(feed, draining, readWhole(query.get('after')), response);
  return refuse(response, 404);
}

async function stream(
  feed: Feed,
  draining: AbortSignal,
  after: number | undefined,
  response: ServerResponse,
) {
  const { sequence } = await feed.latest();
  response.writeHead(200, { 'Content-Type': 'application/x-ndjson' }).flushHeaders();
  const stop = follow(
    feed,
    after ?? sequence - 1,
    beat => {
      if (response.writableLength > backlogBytes) response.destroy();
      else response.write(`${encodeBeat(beat)}\n`);
    },
    () => response.destroy(),
  );
  const end = () => response.end();
  draining.addEventListener('abort', end);
  response.once('close', () => {
    stop();
    draining.removeEventListener('abort', end);
  });
  if (draining.aborted) end();
}

type Range =
  | { readonly after: number; readonly upTo: number }
  | { readonly from: number; readonly to: number };

function readRange(query: URLSearchParams): Range | undefined {
  const [after, upTo] = [readWhole(query.get('after')), readWhole(query.get('upTo'))];
  if (after !== undefined && upTo !== undefined)
    return upTo - after <= beatsAtOnce ? { after, upTo } : undefined;
  const [from, to] = [readWhole(query.get('from')), readWhole(query.get('to'))];
  if (from === undefined || to === undefined || to - from > longestReadingMs) return undefined;
  return { from, to };
}

function readWhole(text: string | null): number | undefined {
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status).end();
}
