import { AwsError } from '../../core/errors.ts';
import { type EventQuery, readForward } from './events.ts';
import type { LogFiles, LogStream } from './log-files.ts';

/** Where the next page goes on, by stream name. */
type Positions = Record<string, number>;

/** One page of the events of several streams, in order of time: what FilterLogEvents answers. */
export async function filterEvents(
  files: LogFiles,
  streams: LogStream[],
  { token, now, ...query }: EventQuery & { token?: unknown; now: number },
): Promise<object> {
  const positions = readToken(token);
  const pages = await Promise.all(
    streams.map(async stream => {
      const from = positions[stream.name] ?? 0;
      const page = await readForward(files.path(stream.group, stream.name), from, query, now);
      return { stream, ...page };
    }),
  );
  const found = pages
    .flatMap(({ stream, events }) => events.map(event => ({ stream, event })))
    .sort((a, b) => a.event.timestamp - b.event.timestamp);
  const shown = found.slice(0, query.limit);
  const next: Positions = {};
  for (const { stream, more, next: end } of pages) {
    const left = found.slice(query.limit).filter(each => each.stream === stream);
    if (left.length > 0 || more) next[stream.name] = Math.min(end, ...left.map(each => each.event.start));
    else next[stream.name] = end;
  }
  const more = found.length > shown.length || pages.some(page => page.more);
  return {
    events: shown.map(({ stream, event }) => ({
      logStreamName: stream.name,
      timestamp: event.timestamp,
      ingestionTime: event.timestamp,
      message: event.message,
      eventId: `${stream.createdAt}${String(event.start).padStart(15, '0')}`,
    })),
    searchedLogStreams: [],
    ...(more ? { nextToken: writeToken(next) } : {}),
  };
}

function writeToken(positions: Positions): string {
  return Buffer.from(JSON.stringify(positions)).toString('base64url');
}

function readToken(token: unknown): Positions {
  if (token === undefined || token === null) return {};
  try {
    const entries = Object.entries(JSON.parse(Buffer.from(String(token), 'base64url').toString()) as object);
    if (entries.some(([, at]) => !Number.isSafeInteger(at) || at < 0)) throw new RangeError();
    return Object.fromEntries(entries);
  } catch {
    throw new AwsError('InvalidParameterException', 'The specified nextToken is invalid.');
  }
}
