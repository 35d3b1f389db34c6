import { createRequire } from 'node:module';
import { Readable } from 'node:stream';
import { type Answer, type Ask, type Question, questionFor } from './question.ts';

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

/**
 * Opens the tables that dynalite keeps in LevelDB under `path`; no port is opened, requests are handed in. Account and
 * region are `AWS_ACCOUNT_ID` and `AWS_REGION` of the process: dynalite reads no other.
 */
export async function openDynalite(path: string): Promise<Ask> {
  const create = db.create;
  let tables: TableDb | undefined;
  db.create = options => {
    const store = create(options);
    tables = store.tableDb;
    return store;
  };
  const server = dynalite({ path, createTableMs: 0, updateTableMs: 0, deleteTableMs: 0 });
  const ask: Ask = question => emit(server, question);
  await recover(ask, tables!);
  return ask;
}

/** Asks dynalite as an HTTP client would. */
function emit(server: Server, { method, url, headers, body }: Question): Promise<Answer> {
  return new Promise(resolve => {
    const request = Object.assign(Readable.from([Buffer.from(body)]), { method, url, headers });
    const answer: Answer = { status: 200, headers: {}, body: '' };
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

/** A table whose creation was cut short is finished, one whose deletion was cut short is deleted again. */
async function recover(ask: Ask, tables: TableDb): Promise<void> {
  const { body } = await ask(questionFor('ListTables', {}));
  const { TableNames } = JSON.parse(body) as { TableNames: string[] };
  for (const TableName of TableNames) {
    const table = await read(tables, TableName);
    const status = table?.TableStatus;
    if (!table || (status !== 'CREATING' && status !== 'DELETING')) continue;
    table.TableStatus = 'ACTIVE';
    for (const index of table.GlobalSecondaryIndexes ?? []) index.IndexStatus = 'ACTIVE';
    await new Promise(resolve => tables.put(TableName, table, resolve));
    if (status === 'DELETING') await ask(questionFor('DeleteTable', { TableName }));
  }
}

function read(tables: TableDb, name: string): Promise<TableDescription | undefined> {
  return new Promise(resolve => tables.get(name, (error, table) => resolve(error ? undefined : table)));
}
