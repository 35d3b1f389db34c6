import { Agent, get, type IncomingMessage } from 'node:http';

export type ClientEvent = { readonly id?: string; readonly event?: string; readonly data: unknown };

/** A client of server-sent events that does what a test says, and no more: it never comes again by itself. */
export type EventClient = {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  /** Everything that has come, in its order. */
  readonly events: readonly ClientEvent[];
  /** How many milliseconds to wait before coming again, as far as it was told. */
  readonly retryMs: () => number | undefined;
  /** Waits until as many `ticks` have come. */
  readonly ticks: (count: number) => Promise<void>;
  /** Settles when the stream is over. */
  readonly ended: Promise<void>;
  readonly close: () => void;
};

/** Returns when the answer has begun. */
export async function openEvents(url: string, headers: Record<string, string> = {}): Promise<EventClient> {
  const started = Promise.withResolvers<IncomingMessage>();
  const request = get(url, { headers, agent: new Agent() }, started.resolve).once('error', started.reject);
  const response = await started.promise;
  const events: ClientEvent[] = [];
  let retryMs: number | undefined;
  let wake = () => {};
  const take = (block: string) => {
    const fields = new Map(block.split('\n').map(line => line.split(/: ?(.*)/s, 2) as [string, string]));
    if (fields.has('retry')) retryMs = Number(fields.get('retry'));
    const [id, event, data] = ['id', 'event', 'data'].map(name => fields.get(name));
    if (data !== undefined)
      events.push({ ...(id && { id }), ...(event && { event }), data: JSON.parse(data) });
    wake();
  };
  let rest = '';
  response.setEncoding('utf8').on('data', chunk => {
    const blocks = (rest + chunk).split('\n\n');
    rest = blocks.pop()!;
    blocks.forEach(take);
  });
  const ended = new Promise<void>(resolve => response.once('close', resolve));
  response.on('error', () => {}); // a stream that is broken off ends as well
  return {
    status: response.statusCode!,
    headers: response.headers,
    events,
    retryMs: () => retryMs,
    ticks: async count => {
      while (ticksOf(events).length < count) {
        await new Promise<void>(resolve => {
          wake = resolve;
        });
      }
    },
    ended,
    close: () => request.destroy(),
  };
}

/** Returns the events that tell ticks. */
export function ticksOf(events: readonly ClientEvent[]): ClientEvent[] {
  return events.filter(({ event }) => event === 'ticks');
}
