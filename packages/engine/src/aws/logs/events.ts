import { type FileHandle, open } from 'node:fs/promises';
import { lineText, lineTime } from './line.ts';

/** One line of a stream as an event. */
export interface LogEvent {
  /** Epoch milliseconds: the line's own, else that of the line before it, else of the file's last write. */
  timestamp: number;
  message: string;
  /** Where the line starts in the file, and where the next one does: what tokens are made of. */
  start: number;
  end: number;
}

export interface EventQuery {
  limit: number;
  /** Epoch milliseconds, inclusive. */
  startTime?: number | undefined;
  /** Epoch milliseconds, exclusive. */
  endTime?: number | undefined;
  matches?: ((message: string) => boolean) | undefined;
}

export interface EventPage {
  events: LogEvent[];
  /** Where to go on in the direction of reading. */
  next: number;
  /** Whether there is more in that direction now. */
  more: boolean;
}

/** What is read at a time; a line that is longer is cut into several events. */
const WINDOW_BYTES = 1024 * 1024;
/** An unfinished last line counts as finished when the file is untouched for this long. */
const SETTLED_MS = 2000;

/** Events from `offset` on, oldest first. A file that is not there has none. */
export function readForward(
  path: string,
  offset: number,
  query: EventQuery,
  now: number,
): Promise<EventPage> {
  return withFile(path, { events: [], next: offset, more: false }, async (file, size, mtime) => {
    const events: LogEvent[] = [];
    let next = Math.min(offset, size);
    while (next < size && events.length < query.limit) {
      const end = Math.min(size, next + WINDOW_BYTES);
      const last = end === size && now - mtime > SETTLED_MS;
      const lines = await readLines(file, { start: next, end, whole: last || end < size, mtime });
      if (lines.length === 0) break;
      const fitting = lines.filter(line => isWanted(line, query)).slice(0, query.limit - events.length);
      events.push(...fitting);
      next = (events.length === query.limit ? fitting.at(-1) : lines.at(-1))!.end;
    }
    return { events, next, more: events.length === query.limit && next < size };
  });
}

/** The newest events before `offset` (`Infinity`: the end), oldest first. */
export function readBackward(
  path: string,
  offset: number,
  query: EventQuery,
  now: number,
): Promise<EventPage> {
  return withFile(path, { events: [], next: 0, more: false }, async (file, size, mtime) => {
    const events: LogEvent[] = [];
    let next = Math.min(offset, size);
    while (next > 0 && events.length < query.limit) {
      const start = Math.max(0, next - WINDOW_BYTES);
      const whole = next < size || now - mtime > SETTLED_MS;
      const lines = await readLines(file, { start, end: next, whole, mtime, partialHead: start > 0 });
      if (lines.length === 0) {
        next = start;
        continue;
      }
      const fitting = lines.filter(line => isWanted(line, query)).slice(-(query.limit - events.length));
      events.unshift(...fitting);
      next = (events.length === query.limit ? fitting[0] : lines[0])!.start;
    }
    return { events, next, more: next > 0 };
  });
}

interface Window {
  start: number;
  end: number;
  /** Take what follows the last line break as a line, too. */
  whole: boolean;
  mtime: number;
  /** The window starts inside a line that belongs to the window before it. */
  partialHead?: boolean;
}

async function readLines(
  file: FileHandle,
  { start, end, whole, mtime, partialHead }: Window,
): Promise<LogEvent[]> {
  const buffer = Buffer.alloc(end - start);
  const { bytesRead } = await file.read(buffer, 0, buffer.length, start);
  const bounds = lineBounds(buffer.subarray(0, bytesRead), whole);
  if (partialHead && bounds.length > 1) bounds.shift();
  let time: number | undefined;
  return bounds.map(([from, to]) => {
    const line = buffer.toString('utf8', from, to).replace(/\r?\n$/, '');
    time = lineTime(line) ?? time;
    return { timestamp: time ?? mtime, message: lineText(line), start: start + from, end: start + to };
  });
}

/** Start and end (after the line break) of each line; an unfinished one only if `whole`, or if it is all there is. */
function lineBounds(buffer: Buffer, whole: boolean): [number, number][] {
  const bounds: [number, number][] = [];
  let from = 0;
  for (let at = buffer.indexOf(10); at >= 0; at = buffer.indexOf(10, from)) {
    bounds.push([from, at + 1]);
    from = at + 1;
  }
  const unfinished = from < buffer.length && whole;
  if (unfinished && (bounds.length === 0 || buffer.length < WINDOW_BYTES)) bounds.push([from, buffer.length]);
  return bounds;
}

function isWanted({ timestamp, message }: LogEvent, { startTime, endTime, matches }: EventQuery): boolean {
  if (startTime !== undefined && timestamp < startTime) return false;
  if (endTime !== undefined && timestamp >= endTime) return false;
  return matches?.(message) ?? true;
}

async function withFile<T>(
  path: string,
  missing: T,
  read: (file: FileHandle, size: number, mtime: number) => Promise<T>,
): Promise<T> {
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return missing;
    throw error;
  }
  try {
    const { size, mtimeMs } = await file.stat();
    return await read(file, size, Math.floor(mtimeMs));
  } finally {
    await file.close();
  }
}
