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
    timestamp: () => `,"time":"${now().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return pino(options, config.development ? forPeople(output) : output);
}

/** Returns the standard output, written at once. */
export function openOutput(): DestinationStream {
  return pino.destination({ fd: 1, sync: true });
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
