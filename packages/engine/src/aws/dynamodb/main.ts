/**
 * The process that keeps the tables. Two doors: a Unix socket for the engine, and a port on the loopback interface for
 * tasks, which stays the same over restarts. What needs to know of stacks is handed on to the engine.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { listenAt } from '../../core/listen.ts';
import { socketPath } from '../../core/socket-path.ts';
import { openDynalite } from './dynalite.ts';
import { dynamoDbFace } from './face.ts';
import { GUARDED } from './protection.ts';
import { type Ask, operationOf } from './question.ts';

const { values } = parseArgs({ options: { directory: { type: 'string' }, engine: { type: 'string' } } });
if (!values.directory || !values.engine) {
  console.error('usage: node main.ts --directory <directory> --engine <address>');
  process.exit(2);
}
const { directory, engine } = values;

const ask = await openDynalite(directory);
const askForTask: Ask = question =>
  GUARDED.includes(operationOf(question) ?? '') ? handOn(question) : ask(question);

await listenAt(serverOf(ask), socketPath(directory, 'tables.sock'));
const port = await listenOnPort();
console.error(`serves the tables of ${directory} on port ${port}, process ${process.pid}`);

process.once('SIGTERM', () => process.exit(0));
process.once('SIGINT', () => process.exit(0));

function serverOf(ask: Ask) {
  const face = dynamoDbFace(ask);
  return createServer((request, response) => void face.handle(request, response));
}

/** The port that it had before, if nobody else took it. */
async function listenOnPort(): Promise<number> {
  const file = join(directory, 'port');
  const server = serverOf(askForTask);
  const known = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
  const port = await listenAt(server, known).catch(() => listenAt(server, 0));
  writeFileSync(file, `${port}\n`, { mode: 0o600 });
  return port;
}

async function handOn({ method, url, headers, body }: Parameters<Ask>[0]): ReturnType<Ask> {
  const { host: _, connection: __, 'content-length': ___, ...kept } = headers;
  const answer = await fetch(new URL(url, engine), { method, headers: kept, body: Buffer.from(body) });
  return {
    status: answer.status,
    headers: Object.fromEntries(
      [...answer.headers].filter(
        ([name]) => !/^(connection|keep-alive|transfer-encoding|content-encoding)$/.test(name),
      ),
    ),
    body: await answer.text(),
  };
}
