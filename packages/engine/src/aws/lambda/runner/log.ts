import { writeSync } from 'node:fs';
import { format } from 'node:util';

const LEVELS = { log: 'INFO', info: 'INFO', warn: 'WARN', error: 'ERROR', debug: 'DEBUG', trace: 'TRACE' };

/** One line of the function's log, written at once: what was said before a crash is there. */
export function writeLine(line: string): void {
  writeSync(1, `${line}\n`);
}

/**
 * Makes the console write lines as in Lambda: time, request id, level, text, with tabs between.
 * https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html
 */
export function logThroughConsole(requestId: string): void {
  for (const [method, level] of Object.entries(LEVELS)) {
    console[method as keyof typeof LEVELS] = (...words: unknown[]) =>
      writeLine(`${new Date().toISOString()}\t${requestId}\t${level}\t${format(...words)}`);
  }
}
