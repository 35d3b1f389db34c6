import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type LocalDynamo, startLocalDynamo } from '@slipway/service-kit/testing';
import { createDynamoUserStore } from './dynamo-user-store.ts';
import type { User } from './user.ts';
import { createMemoryUserStore, type UserStore } from './user-store.ts';

describe('the memory store', () => {
  const store = createMemoryUserStore();
  describeUserStore(() => store);
});

describe('the DynamoDB store, on the tables of service.yaml', () => {
  let dynamo: LocalDynamo;
  let client: DynamoDBDocumentClient;
  beforeAll(async () => {
    dynamo = await startLocalDynamo(`${import.meta.dirname}/..`);
    client = DynamoDBDocumentClient.from(new DynamoDBClient(dynamo.clientConfig));
  }, 30_000);
  afterAll(async () => {
    client.destroy();
    await dynamo[Symbol.asyncDispose]();
  });
  describeUserStore(() => createDynamoUserStore('users', client));
});

/** The tests follow one another on one store that is empty at first. */
function describeUserStore(open: () => UserStore): void {
  test('finds nobody while it is empty', async () => {
    expect(await open().listNewest(2)).toEqual([]);
    expect(await open().findById('id-1')).toBeUndefined();
  });

  test('finds a user by id and lists the newest first', async () => {
    for (const day of [2, 3, 1]) expect(await open().add(userOfDay(day))).toBe('added');
    expect(await open().findById('id-3')).toEqual(userOfDay(3));
    expect(await open().listNewest(2)).toEqual([userOfDay(3), userOfDay(2)]);
  });

  test('of many who register with one address at the same time one is added', async () => {
    const same = [1, 2, 3, 4, 5].map(day => ({
      ...userOfDay(day),
      id: `rival-${day}`,
      email: 'same@example.org',
    }));
    const outcomes = await Promise.all(same.map(user => open().add(user)));
    expect(outcomes.toSorted()).toEqual(['added', ...Array(4).fill('email-taken')]);
  });

  test('a taken address keeps its first user', async () => {
    expect(await open().add({ ...userOfDay(2), id: 'late' })).toBe('email-taken');
    expect(await open().findById('id-2')).toEqual(userOfDay(2));
    expect(await open().findById('late')).toBeUndefined();
  });
}

function userOfDay(day: number): User {
  return {
    id: `id-${day}`,
    email: `user-${day}@example.org`,
    name: `User ${day}`,
    registeredAt: `2030-01-0${day}T00:00:00.000Z`,
    passwordHash: '$argon2id$…',
  };
}
