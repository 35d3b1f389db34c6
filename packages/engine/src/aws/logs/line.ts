/**
 * A line of a stream's file. Output of tasks and builds is kept as it came: its time is read from the line where it
 * carries one (pino's `"time"`, an ISO 8601 date in front). An event that a client put carries its own time in front,
 * and its message as JSON, so that a message of several lines stays one event.
 */
const MARK = '\u001e';
const PUT = /^(\d{1,15}) (.*)$/;
const PINO = /"(?:time|timestamp|@timestamp)":\s*(?:(\d{12,14})\b|"([^"]{10,40})")/;
const ISO = /^\W{0,2}(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?)/;

/** What to append for an event that a client put. */
export function putLine(timestamp: number, message: string): string {
  return `${MARK}${Math.trunc(timestamp)} ${JSON.stringify(message)}\n`;
}

/** The message of a line, without what the file adds to it. */
export function lineText(line: string): string {
  const put = readPut(line);
  if (!put) return line;
  try {
    return String(JSON.parse(put[2] ?? ''));
  } catch {
    return line;
  }
}

/** The time that a line tells, in epoch milliseconds; undefined when it tells none. Without a zone it is UTC. */
export function lineTime(line: string): number | undefined {
  const put = readPut(line);
  if (put) return Number(put[1]);
  const head = line.slice(0, 2000);
  const pino = head.startsWith('{') ? PINO.exec(head) : null;
  if (pino?.[1]) return Number(pino[1]);
  return parseDate(pino?.[2] ?? ISO.exec(head)?.[1]);
}

function readPut(line: string): RegExpExecArray | null {
  return line.startsWith(MARK) ? PUT.exec(line.slice(1)) : null;
}

function parseDate(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const zoned = /(?:Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}Z`;
  const time = Date.parse(zoned.replace(' ', 'T').replace(',', '.'));
  return Number.isNaN(time) ? undefined : time;
}
