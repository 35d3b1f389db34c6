import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import type { RecordedEvent } from '@slipway/engine';

/** The engine's events after `seq`, in order, as they happen, until `signal` or the engine's end. */
export async function* engineEvents(
  endpoint: string,
  after: number,
  signal: AbortSignal,
): AsyncGenerator<RecordedEvent, void> {
  const answer = await fetch(`${endpoint}/_slipway/events?after=${after}`, { signal });
  if (!answer.ok || !answer.body) throw new Error(`the engine answered ${answer.status} for its events`);
  const lines = createInterface({ input: Readable.fromWeb(answer.body as never), crlfDelay: Infinity });
  for await (const line of lines) {
    if (line) yield JSON.parse(line) as RecordedEvent;
  }
}
