import { type IncomingMessage, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { RecordedEvent } from '@slipway/engine';

/** All that an engine tells, also over its restarts. */
export interface EventRecord {
  /** The number of the newest event. */
  mark(): Promise<number>;
  /** What happened after a mark until now. */
  since(mark: number): Promise<RecordedEvent[]>;
  stop(): void;
}

const RECONNECT_MS = 100;
const CATCH_UP_MS = 5;

/** Listens to the engine at `endpoint`. */
export function recordEvents(endpoint: string): EventRecord {
  const events: RecordedEvent[] = [];
  const leave = new AbortController();
  const last = (): number => events.at(-1)?.seq ?? 0;

  void (async () => {
    while (!leave.signal.aborted) {
      await listen(`${endpoint}/_slipway/events?after=${last()}`, leave.signal, line =>
        events.push(JSON.parse(line) as RecordedEvent),
      );
      await delay(RECONNECT_MS, undefined, { signal: leave.signal }).catch(() => undefined);
    }
  })();

  /** Waits until what the engine has recorded by now is here. */
  const catchUp = async (): Promise<void> => {
    const answer = await fetch(`${endpoint}/_slipway/engine`);
    const { lastEvent } = (await answer.json()) as { lastEvent: number };
    while (last() < lastEvent && !leave.signal.aborted) await delay(CATCH_UP_MS);
  };

  return {
    mark: async () => {
      await catchUp();
      return last();
    },
    since: async mark => {
      await catchUp();
      return events.filter(event => event.seq > mark);
    },
    stop: () => leave.abort(),
  };
}

/** Hands on each line until the stream ends, for whatever reason. */
function listen(url: string, signal: AbortSignal, take: (line: string) => void): Promise<void> {
  return new Promise(resolve => {
    const sent = request(url, { agent: false, signal }, (response: IncomingMessage) => {
      let rest = '';
      response.setEncoding('utf8');
      response.on('data', chunk => {
        const lines = (rest + chunk).split('\n');
        rest = lines.pop() ?? '';
        lines.filter(Boolean).forEach(take);
      });
      response.once('error', () => resolve());
      response.once('close', () => resolve());
    });
    sent.once('error', () => resolve());
    sent.end();
  });
}
