import type { LogStreams } from '../../core/log-streams.ts';

const READ_LINES = 200;
/** Lambda gives the last 4 KB of a synchronous invocation's log. */
const MAX_LOG_RESULT_BYTES = 4096;

/** Lines that the runtime writes around what the function says. */
const PLATFORM = /^(START|END|REPORT|INIT_START) /;
/** What the runtime puts before what the function says: time, request id and level. */
const PREFIX = /^\d{4}-\d\d-\d\dT[\d:.]+Z\t[0-9a-f-]{36}\t(?:[A-Z]+\t)?/;

/** The last lines of what a function itself said, oldest first, without what the runtime adds. */
export function ownLines(logs: LogStreams, log: { group: string; stream: string }, lines: number): string[] {
  return logs
    .tail(log.group, log.stream, READ_LINES)
    .filter(line => !PLATFORM.test(line))
    .map(line => line.replace(PREFIX, ''))
    .slice(-lines);
}

/** The end of the log as the header `X-Amz-Log-Result` carries it, in Base64. */
export function logResult(logs: LogStreams, log: { group: string; stream: string }): string {
  const text = logs.tail(log.group, log.stream, READ_LINES).join('\n');
  return Buffer.from(`${text}\n`).subarray(-MAX_LOG_RESULT_BYTES).toString('base64');
}
