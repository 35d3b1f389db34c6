import { type DestinationStream, type Logger, pino } from 'pino';
import type { ServiceConfig } from './config.ts';

export type { Logger } from 'pino';

/** Returns a logger of JSON lines, or of lines for people while developing, that carry the service's name. */
export function createLogger(
  config: Pick<ServiceConfig, 'development' | 'logLevel'>,
  fields: Readonly<Record<string, string>>,
  now: () => Date,
  output: DestinationStream,
): Logger {
  const options = {
    level: config.logLevel,
    base: fields,
    timestamp: stamp(now),
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return pino(options, config.development ? forPeople(output) : output);
}

/** Writes the time; many lines share their millisecond. */
function stamp(now: () => Date): () => string {
  let [at, text] = [Number.NaN, ''];
  return () => {
    const moment = now();
    if (moment.getTime() !== at) [at, text] = [moment.getTime(), `,"time":"${moment.toISOString()}"`];
    return text;
  };
}

/** How long lines may wait for others to be written with. */
const gatherMs = 10;

/** Where lines go; those of a hundredth of a second are written together. */
export type Output = DestinationStream & { readonly flushSync: () => void };

/** Returns the standard output. Nothing is lost when the process exits. */
export function openOutput(): Output {
  const output = pino.destination({ fd: 1, sync: true });
  let lines = '';
  const flushSync = () => {
    if (lines === '') return;
    const text = lines;
    lines = '';
    output.write(text);
  };
  process.once('exit', flushSync);
  return {
    write: line => {
      if (lines === '') setTimeout(flushSync, gatherMs);
      lines += line;
    },
    flushSync,
  };
}

function forPeople(output: DestinationStream): DestinationStream {
  return { write: line => output.write(`${describeLine(JSON.parse(line))}\n`) };
}

/** Says one log entry in a line: time, level, message and what is left, without what is the same in all. */
export function describeLine(entry: Readonly<Record<string, unknown>>): string {
  const {
    time,
    level,
    msg,
    service: _,
    environment: __,
    requestId: ___,
    traceId: ____,
    err,
    ...rest
  } = entry;
  const values = Object.entries(rest).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
  const stack = (err as { stack?: string } | undefined)?.stack;
  const line = [String(time).slice(11, 19), String(level).padEnd(5), msg, ...values].join(' ');
  return stack === undefined ? line : `${line}\n${stack}`;
}
