import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import type { RecordedEvent } from '@slipway/engine';

/** Where to begin: after an event, at a time (ISO 8601), or with what happens from now on. */
export type Beginning = { after: number } | { since: string } | 'new';

/** The engine's events in order, as they happen, until `signal` or the engine's end. */
export async function* engineEvents(
  endpoint: string,
  from: Beginning,
  signal: AbortSignal,
): AsyncGenerator<RecordedEvent, void> {
  const query = new URLSearchParams(
    from === 'new'
      ? { after: 'last' }
      : Object.entries(from).map(([name, value]) => [name, String(value)] as [string, string]),
  );
  const answer = await fetch(`${endpoint}/_slipway/events?${query}`, { signal });
  if (!answer.ok || !answer.body) throw new Error(`the engine answered ${answer.status} for its events`);
  const lines = createInterface({ input: Readable.fromWeb(answer.body as never), crlfDelay: Infinity });
  for await (const line of lines) {
    if (line) yield JSON.parse(line) as RecordedEvent;
  }
}
