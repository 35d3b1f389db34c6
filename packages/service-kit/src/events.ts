import type { IncomingMessage, ServerResponse } from 'node:http';
import { contextOf } from './request-context.ts';

/** One event of a stream. */
export type ServerEvent = {
  /** By which a client says where to go on. */
  readonly id?: string;
  /** The event's name; `message` where there is none. */
  readonly event?: string;
  /** Sent as JSON. */
  readonly data: unknown;
};

export type EventSource = {
  /** The id of the last event that the client has seen: `lastEventIdOf(request)`. */
  readonly since: string | undefined;
  /** Starts to send what came after `since`; returns what stops it. */
  readonly subscribe: (send: (event: ServerEvent) => void, since: string | undefined) => () => void;
  /** The kit's: the stream ends when the process begins to drain, so that clients go on at another task. */
  readonly draining: AbortSignal;
  /** How often a line is sent while nothing happens, in milliseconds: 15,000, far below the balancer's 60 s. */
  readonly heartbeatMs?: number;
};

/** How long a client waits before it comes again: after a failure, */
const retryMs = 2000;
/** and when it is told to go to another task. */
const retryAtDrainMs = 500;
/** A client that leaves this much unread is cut off; it comes again and goes on where it was. */
const unreadLimit = 256 * 1024;

/**
 * Answers with a stream of events and returns when it is over: the client left, was too slow, or the process drains.
 * https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export function streamEvents(response: ServerResponse, source: EventSource): Promise<void> {
  const { since, subscribe, draining, heartbeatMs = 15_000 } = source;
  contextOf(response).startStream();
  response.writeHead(200, {
    'Content-Type': 'text/event-stream; charset=utf-8',
    'Cache-Control': 'no-cache, no-transform',
  });
  if (response.req.method === 'HEAD' || draining.aborted) {
    response.end(`retry: ${retryAtDrainMs}\n\n`);
    return Promise.resolve();
  }
  const { promise, resolve } = Promise.withResolvers<void>();
  const write = (text: string) => {
    if (response.writableEnded || response.destroyed) return;
    response.write(text);
    if (response.writableLength > unreadLimit) response.destroy();
  };
  const leave = () => response.end(`retry: ${retryAtDrainMs}\n\n`);

  write(`retry: ${retryMs}\n\n`);
  const unsubscribe = subscribe(event => write(renderEvent(event)), since);
  const heartbeat = setInterval(write, heartbeatMs, ':\n\n');
  draining.addEventListener('abort', leave);
  response.once('close', () => {
    clearInterval(heartbeat);
    draining.removeEventListener('abort', leave);
    unsubscribe();
    resolve();
  });
  return promise;
}

/** Returns the id of the last event that the client has seen, as a browser tells it when it comes again. */
export function lastEventIdOf({ headers }: IncomingMessage): string | undefined {
  const id = headers['last-event-id'];
  return typeof id === 'string' && /^[\x21-\x7e]{1,200}$/.test(id) ? id : undefined;
}

/** Throws Error for an id or a name that would break the stream's lines. */
function renderEvent({ id, event, data }: ServerEvent): string {
  for (const text of [id, event]) {
    if (text !== undefined && /[\r\n\0]/.test(text))
      throw new Error('an event has a line break in its id or name');
  }
  return `${id === undefined ? '' : `id: ${id}\n`}${event === undefined ? '' : `event: ${event}\n`}data: ${JSON.stringify(data)}\n\n`;
}
