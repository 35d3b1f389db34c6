import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type LocalDynamo, startLocalDynamo } from '@slipway/service-kit/testing';
import { createDynamoPostStore } from './dynamo-post-store.ts';
import type { Post } from './post.ts';
import { createMemoryPostStore, type PostStore } from './post-store.ts';

describe('the memory store', () => describePostStore(createMemoryPostStore));

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
  describePostStore(() => createDynamoPostStore('posts', client));
});

function describePostStore(open: () => PostStore): void {
  test('lists the newest posts first and no more than asked for', async () => {
    const store = open();
    expect(await store.listNewest(2)).toEqual([]);
    for (const day of [2, 3, 1]) await store.add(postOfDay(day));
    expect(await store.listNewest(2)).toEqual([postOfDay(3), postOfDay(2)]);
  });
}

function postOfDay(day: number): Post {
  return {
    id: `id-${day}`,
    title: `Day ${day}`,
    body: 'It happened.',
    author: 'Ada',
    publishedAt: `2030-01-0${day}T00:00:00.000Z`,
  };
}
