/**
 * The worker thread in which dynalite runs: a fault inside it ends the thread, never the engine, and its reading of
 * `process.env` for account and region sees the thread's own. No port is opened: requests come as messages.
 */
import { createRequire } from 'node:module';
import { Readable } from 'node:stream';
import { parentPort, workerData } from 'node:worker_threads';
import type { Answer, Question } from './tables.ts';

interface TableDescription {
  TableStatus: string;
  GlobalSecondaryIndexes?: { IndexStatus: string }[];
}

interface TableDb {
  get(key: string, done: (error: Error | null, value: TableDescription | undefined) => void): void;
  put(key: string, value: TableDescription, done: (error: Error | null) => void): void;
}

interface Server {
  emit(event: 'request', request: Readable, response: object): void;
}

const require = createRequire(import.meta.url);
const db = require('dynalite/db') as { create(options: object): { tableDb: TableDb } };
const dynalite = require('dynalite') as (options: object) => Server;

const create = db.create;
let tables: TableDb;
db.create = options => {
  const store = create(options);
  tables = store.tableDb;
  return store;
};
const at = {
  path: (workerData as { path: string }).path,
  createTableMs: 0,
  updateTableMs: 0,
  deleteTableMs: 0,
};
const server = dynalite(at);

/** Asks dynalite as an HTTP client would. */
function ask({ id, method, url, headers, body }: Question): Promise<Answer> {
  return new Promise(resolve => {
    const request = Object.assign(Readable.from([Buffer.from(body)]), { method, url, headers });
    const answer: Answer = { id, status: 200, headers: {}, body: '' };
    const response = {
      setHeader: (name: string, value: string | number) => {
        answer.headers[name.toLowerCase()] = String(value);
      },
      set statusCode(status: number) {
        answer.status = status;
      },
      end: (text = '') => {
        answer.body = text;
        resolve(answer);
      },
    };
    server.emit('request', request, response);
  });
}

/** Calls one operation, for putting right what a crash left behind. */
async function call(operation: string, input: object): Promise<Record<string, unknown>> {
  const headers = {
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-target': `DynamoDB_20120810.${operation}`,
    'x-amz-date': '20260101T000000Z',
    authorization: 'AWS4-HMAC-SHA256 Credential=a/b/c/d/aws4_request, SignedHeaders=host, Signature=0',
  };
  const answer = await ask({
    id: 0,
    method: 'POST',
    url: '/',
    headers,
    body: Buffer.from(JSON.stringify(input)),
  });
  return JSON.parse(answer.body) as Record<string, unknown>;
}

/** A table whose creation was cut short is finished, one whose deletion was cut short is deleted again. */
async function recover(): Promise<void> {
  const { TableNames } = await call('ListTables', {});
  for (const TableName of TableNames as string[]) {
    const table = await read(TableName);
    const status = table?.TableStatus;
    if (!table || (status !== 'CREATING' && status !== 'DELETING')) continue;
    table.TableStatus = 'ACTIVE';
    for (const index of table.GlobalSecondaryIndexes ?? []) index.IndexStatus = 'ACTIVE';
    await new Promise(resolve => tables.put(TableName, table, resolve));
    if (status === 'DELETING') await call('DeleteTable', { TableName });
  }
}

function read(name: string): Promise<TableDescription | undefined> {
  return new Promise(resolve => tables.get(name, (error, table) => resolve(error ? undefined : table)));
}

const ready = recover();
parentPort!.on('message', (question: Question) => {
  void ready.then(() => ask(question)).then(answer => parentPort!.postMessage(answer));
});
