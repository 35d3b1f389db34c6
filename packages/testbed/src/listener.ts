import { get, type IncomingMessage } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

/** Somebody who leaves the page of market open all day: a browser's EventSource, that counts what it hears. */
export interface Listener {
  /** What was wrong, in its order: an event missed or told twice, or a stream that was refused. */
  faults(): string[];
  /** How many events there were. */
  heard(): number;
  /** How often its stream ended or was cut off, and it came again. */
  moves(): number;
  stop(): Promise<void>;
}

/** As long as the specification says, where the server says nothing. */
const RETRY_MS = 1000;

/**
 * Follows the stream at `url`, whose ids count up by one, and comes again with Last-Event-ID when it ends.
 * https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export function listenTo(url: string): Listener {
  const leave = new AbortController();
  const faults: string[] = [];
  const tell = (fault: string): void => void faults.push(`${new Date().toISOString()} ${fault}`);
  let heard = 0;
  let last: number | undefined;
  let retryMs = RETRY_MS;
  let streams = 0;

  const take = (event: string): void => {
    const fields = new Map(event.split('\n').map(line => line.split(/: ?(.*)/s, 2) as [string, string]));
    if (fields.has('retry')) retryMs = Number(fields.get('retry'));
    if (fields.get('event') === 'gap') tell(`told of a gap: ${fields.get('data')}`);
    const id = fields.get('id');
    if (id === undefined) return;
    if (last !== undefined && Number(id) !== last + 1) tell(`after ${last} came ${id}`);
    last = Number(id);
    heard += 1;
  };

  const listen = async (): Promise<void> => {
    const response = await open(url, last, leave.signal).catch(error => {
      throw new Error(`nobody answered: ${error}`);
    });
    if (response.statusCode !== 200) throw new Error(`status ${response.statusCode}`);
    streams += 1;
    let unread = '';
    try {
      for await (const text of response.setEncoding('utf8')) {
        const events = (unread + text).split('\n\n');
        unread = events.pop()!;
        events.forEach(take);
      }
    } catch {
      // Cut off in the middle, as by a balancer when a task has left: what is not whole was not heard.
    }
  };

  const life = async (): Promise<void> => {
    while (!leave.signal.aborted) {
      await listen().catch(error => {
        if (!leave.signal.aborted) tell(String(error));
      });
      await delay(retryMs, undefined, { signal: leave.signal }).catch(() => undefined);
    }
  };
  const over = life();

  return {
    faults: () => [...faults],
    heard: () => heard,
    moves: () => Math.max(0, streams - 1),
    stop: async () => {
      leave.abort();
      await over;
    },
  };
}

function open(url: string, last: number | undefined, signal: AbortSignal): Promise<IncomingMessage> {
  const headers = {
    accept: 'text/event-stream',
    ...(last !== undefined && { 'last-event-id': String(last) }),
  };
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  get(url, { headers, agent: false, signal }, resolve).once('error', reject);
  return promise;
}
