import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CreateTableCommandInput, DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { type DeclaredTable, readDeclaration } from './declaration.ts';

/** A DynamoDB on this machine that has the tables of one service's declaration. */
export type LocalDynamo = AsyncDisposable & {
  readonly clientConfig: DynamoDBClientConfig;
  /** What a task of the service would have in its environment to use it. */
  readonly env: Readonly<Record<string, string>>;
};

/** Starts it empty. Each table has the name that it has in service.yaml. */
export async function startLocalDynamo(serviceFolder: string): Promise<LocalDynamo> {
  const server = await listen();
  const { port } = server.address() as AddressInfo;
  const clientConfig = {
    endpoint: `http://127.0.0.1:${port}`,
    region: 'local',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  };
  const tables = readDeclaration(serviceFolder).tables ?? {};
  await createTables(clientConfig, tables);
  return {
    clientConfig,
    env: {
      AWS_ENDPOINT_URL: clientConfig.endpoint,
      AWS_REGION: clientConfig.region,
      AWS_ACCESS_KEY_ID: clientConfig.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: clientConfig.credentials.secretAccessKey,
      ...Object.fromEntries(Object.keys(tables).map(name => [variableOf(name), name])),
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      const { promise, resolve } = Promise.withResolvers<void>();
      server.close(() => resolve());
      await promise;
    },
  };
}

async function listen(): Promise<Server> {
  const untyped: string = 'dynalite';
  const { default: dynalite } = (await import(untyped)) as { default: (options: object) => Server };
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject).listen(0, '127.0.0.1', resolve);
  await promise;
  return server;
}

function variableOf(table: string): string {
  return `TABLE_${table.toUpperCase().replaceAll('-', '_')}`;
}

async function createTables(config: DynamoDBClientConfig, tables: Readonly<Record<string, DeclaredTable>>) {
  if (Object.keys(tables).length === 0) return;
  const { CreateTableCommand, DynamoDBClient } = await import('@aws-sdk/client-dynamodb');
  const client = new DynamoDBClient(config);
  for (const [name, table] of Object.entries(tables)) {
    await client.send(new CreateTableCommand(describeTable(name, table)));
  }
  client.destroy();
}

function describeTable(TableName: string, table: DeclaredTable): CreateTableCommandInput {
  const indexes = Object.entries(table.indexes ?? {});
  const keys = [table, ...indexes.map(([, index]) => index)];
  const attributes = new Set(keys.flatMap(key => [key.partitionKey, key.sortKey ?? []].flat()));
  return {
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [...attributes].map(AttributeName => ({ AttributeName, AttributeType: 'S' })),
    KeySchema: describeKey(table),
    ...(indexes.length > 0 && {
      GlobalSecondaryIndexes: indexes.map(([IndexName, index]) => ({
        IndexName,
        KeySchema: describeKey(index),
        Projection: { ProjectionType: 'ALL' },
      })),
    }),
  };
}

function describeKey({ partitionKey, sortKey }: DeclaredTable): CreateTableCommandInput['KeySchema'] {
  const key: CreateTableCommandInput['KeySchema'] = [{ AttributeName: partitionKey, KeyType: 'HASH' }];
  return sortKey === undefined ? key : [...key, { AttributeName: sortKey, KeyType: 'RANGE' }];
}
