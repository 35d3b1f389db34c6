import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DeleteTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ManualClock, SystemClock } from '../../core/clock.ts';
import type { Context } from '../../core/context.ts';
import { countingIds } from '../../core/ids.ts';
import { createPace } from '../../core/pace.ts';
import type { Properties, ResourceHandler, ResourceRequest } from '../../core/resource.ts';
import { openStore } from '../../core/store.ts';
import { type DetachedProcesses, openProcesses } from '../../runtime/processes.ts';
import { reapAll } from '../../runtime/reap.ts';
import { createWire, type Wire } from '../../wire/server.ts';
import { createDynamoDb } from './index.ts';

const account = '123456789012';
const region = 'ap-northeast-1';
const USERS = {
  TableName: 'slipway-user-staging-users',
  BillingMode: 'PAY_PER_REQUEST',
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  AttributeDefinitions: [
    { AttributeName: 'id', AttributeType: 'S' },
    { AttributeName: 'email', AttributeType: 'S' },
  ],
  GlobalSecondaryIndexes: [
    {
      IndexName: 'email',
      KeySchema: [{ AttributeName: 'email', KeyType: 'HASH' }],
      Projection: { ProjectionType: 'ALL' },
    },
  ],
  PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
};

let context: Context;
let dynamodb: ReturnType<typeof createDynamoDb>;
let table: ResourceHandler;
let wire: Wire;
let port: number;
let processes: DetachedProcesses;
let client: DynamoDBClient;

beforeEach(async () => {
  const clock = new ManualClock();
  const state = mkdtempSync(join(tmpdir(), 'slipway-dynamodb-'));
  const store = openStore(':memory:', clock);
  const endpoint = () => `http://127.0.0.1:${port}`;
  context = {
    store,
    clock,
    pace: createPace(1),
    ids: countingIds(),
    account,
    region,
    state,
    endpoint,
    log: () => {},
  };
  await open();
});
afterEach(async () => {
  await shut();
  await reapAll(context.state);
  context.store.close();
  rmSync(context.state, { recursive: true, force: true });
});

async function open(): Promise<void> {
  processes = openProcesses({ state: context.state, clock: new SystemClock() });
  dynamodb = createDynamoDb(context, { processes, node: process.execPath });
  table = dynamodb.resources['AWS::DynamoDB::Table']!;
  wire = createWire({ apis: [], faces: dynamodb.faces, account, onError: () => {} });
  ({ port } = await wire.listen(0));
  client = clientAt(`http://127.0.0.1:${port}`);
}

function clientAt(endpoint: string, maxAttempts = 1): DynamoDBClient {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  return new DynamoDBClient({ endpoint, region, credentials, maxAttempts });
}

async function shut(): Promise<void> {
  client.destroy();
  await wire.close();
  dynamodb.close();
  processes[Symbol.dispose]();
}

function request(
  token: string,
  properties: Properties = USERS,
  type = 'AWS::DynamoDB::Table',
): ResourceRequest {
  const stack = { name: 'slipway-user-data-staging', id: 'arn:s', region, account, tags: {} };
  return { stack, logicalId: 'Users', type, properties, token };
}

describe('a table', () => {
  test('keeps items and indexes, also for the next engine', async () => {
    const { physicalId, attributes } = await table.create(request('t'));
    expect(physicalId).toBe(USERS.TableName);
    expect(attributes).toMatchObject({
      Arn: `arn:aws:dynamodb:${region}:${account}:table/${USERS.TableName}`,
    });
    const Item = { id: { S: '1' }, email: { S: 'ada@example.org' } };
    await client.send(new PutItemCommand({ TableName: physicalId, Item }));
    await shut();
    await open();
    const got = await client.send(new GetItemCommand({ TableName: physicalId, Key: { id: { S: '1' } } }));
    expect(got.Item).toEqual(Item);
    const found = await client.send(
      new QueryCommand({
        TableName: physicalId,
        IndexName: 'email',
        KeyConditionExpression: 'email = :e',
        ExpressionAttributeValues: { ':e': { S: 'ada@example.org' } },
      }),
    );
    expect(found.Items).toEqual([Item]);
    const told = await client.send(new DescribeTableCommand({ TableName: physicalId }));
    expect(told.Table).toMatchObject({ TableStatus: 'ACTIVE', TableArn: attributes.Arn });
  });

  test('is made once per token and keeps its name to itself', async () => {
    const first = await table.create(request('t'));
    expect(await table.create(request('t'))).toEqual(first);
    await expect(table.create(request('other'))).rejects.toThrow('Table already exists');
  });

  test('gets a name from its stack when it has none, the same for every attempt', async () => {
    const { TableName: _, ...unnamed } = USERS;
    const first = await table.create(request('t', unnamed));
    expect(first.physicalId).toMatch(/^slipway-user-data-staging-Users-[0-9A-F]{12}$/);
    expect((await table.create(request('t', unnamed))).physicalId).toBe(first.physicalId);
  });

  test('is replaced when its key changes, and says so when its name forbids that', async () => {
    const { TableName: _, ...unnamed } = USERS;
    const previous = unnamed;
    const { physicalId } = await table.create(request('t', unnamed));
    const changed = { ...unnamed, KeySchema: [{ AttributeName: 'email', KeyType: 'HASH' }] };
    const replaced = await table.update({ ...request('t2', changed), physicalId, previous });
    expect(replaced.physicalId).not.toBe(physicalId);
    await table.create(request('t3'));
    const named = { ...changed, TableName: USERS.TableName };
    const update = { ...request('t4', named), physicalId: USERS.TableName, previous: USERS };
    await expect(table.update(update)).rejects.toThrow('Rename slipway-user-staging-users');
  });

  test('is deleted once, unless it is protected', async () => {
    const { physicalId } = await table.create(request('t', { ...USERS, DeletionProtectionEnabled: true }));
    const removal = { ...request('t2'), physicalId };
    await expect(table.delete(removal)).rejects.toThrow('deletion protection');
    await table.update({ ...request('t3'), physicalId, previous: USERS });
    await table.delete(removal);
    await table.delete(removal);
    await expect(client.send(new DescribeTableCommand({ TableName: physicalId }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  test('that is protected is not deleted through the API either, until its protection is taken off', async () => {
    const protectedUsers = { ...USERS, DeletionProtectionEnabled: true };
    const { physicalId: TableName } = await table.create(request('t', protectedUsers));
    await expect(client.send(new DeleteTableCommand({ TableName }))).rejects.toMatchObject({
      name: 'ValidationException',
      message:
        'Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.',
    });
    const { Table } = await client.send(new DescribeTableCommand({ TableName }));
    expect(Table).toMatchObject({ TableStatus: 'ACTIVE', DeletionProtectionEnabled: true });
    const open = { TableName, DeletionProtectionEnabled: false };
    const unknown = { BillingMode: 'UNKNOWN' as 'PROVISIONED' };
    await expect(client.send(new UpdateTableCommand({ ...open, ...unknown }))).rejects.toMatchObject({
      name: 'ValidationException',
    });
    await expect(client.send(new DeleteTableCommand({ TableName }))).rejects.toThrow('protected against');
    const { TableDescription } = await client.send(new UpdateTableCommand(open));
    expect(TableDescription).toMatchObject({ TableStatus: 'ACTIVE', DeletionProtectionEnabled: false });
    await client.send(new DeleteTableCommand({ TableName }));
    await expect(client.send(new DescribeTableCommand({ TableName }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  test('that was deleted through the API leaves its name to the next stack', async () => {
    const { physicalId: TableName } = await table.create(request('t'));
    await client.send(new DeleteTableCommand({ TableName }));
    expect((await table.create(request('other'))).physicalId).toBe(TableName);
    expect((await client.send(new DescribeTableCommand({ TableName }))).Table?.TableStatus).toBe('ACTIVE');
  });

  test('of several regions is refused, of one is a table', async () => {
    const type = 'AWS::DynamoDB::GlobalTable';
    const global = { ...USERS, Replicas: [{ Region: region }, { Region: 'ap-northeast-3' }] };
    await expect(table.create(request('t', global, type))).rejects.toThrow('A replica in ap-northeast-3');
    await table.create(request('t', { ...USERS, Replicas: [{ Region: region }] }, type));
  });
});

test('an operation that is not carried out answers an error, not a success', async () => {
  await expect(client.send(new TransactWriteItemsCommand({ TransactItems: [] }))).rejects.toMatchObject({
    name: 'UnknownOperationException',
  });
});

describe('a task', () => {
  const Item = { id: { S: '1' }, email: { S: 'ada@example.org' } };
  const item = { TableName: USERS.TableName, Key: { id: { S: '1' } } };

  test('reaches its items at an address of their own while no engine runs, and the next engine keeps it', async () => {
    expect(dynamodb.address()).toBeUndefined();
    await table.create(request('t'));
    const address = dynamodb.address()!;
    using task = disposable(clientAt(address));
    await task.client.send(new PutItemCommand({ TableName: USERS.TableName, Item }));
    await shut();
    expect((await task.client.send(new GetItemCommand(item))).Item).toEqual(Item);
    await open();
    dynamodb.open();
    expect((await client.send(new GetItemCommand(item))).Item).toEqual(Item);
    expect(dynamodb.address()).toBe(address);
    expect(processes.ids()).toEqual(['tables']);
  });

  test('finds its items again at the same address after their process was killed', async () => {
    await table.create(request('t'));
    await client.send(new PutItemCommand({ TableName: USERS.TableName, Item }));
    const address = dynamodb.address();
    const ended = new Promise<void>(resolve => processes.onExit(() => resolve()));
    processes.signal('tables', 'SIGKILL');
    await ended;
    (context.clock as ManualClock).advance(1000);
    expect((await client.send(new GetItemCommand(item))).Item).toEqual(Item);
    expect(dynamodb.address()).toBe(address);
  });

  test('cannot delete a protected table past the engine', async () => {
    await table.create(request('t', { ...USERS, DeletionProtectionEnabled: true }));
    using task = disposable(clientAt(dynamodb.address()!));
    const deleted = task.client.send(new DeleteTableCommand({ TableName: USERS.TableName }));
    await expect(deleted).rejects.toThrow('protected against deletion');
  });

  test('that says nothing sensible is answered with an error, and the next one is served', async () => {
    await table.create(request('t'));
    const address = dynamodb.address()!;
    const odd = await fetch(address, { method: 'POST', body: '{', headers: { 'x-amz-target': 'x' } });
    expect(odd.status).toBeGreaterThanOrEqual(400);
    const huge = await fetch(address, { method: 'POST', body: Buffer.alloc(17 * 1024 * 1024) }).catch(() => ({
      status: 413,
    }));
    expect(huge.status).toBe(413);
    using task = disposable(clientAt(address));
    expect((await task.client.send(new GetItemCommand(item))).Item).toBeUndefined();
  });
});

function disposable(client: DynamoDBClient) {
  return { client, [Symbol.dispose]: () => client.destroy() };
}
