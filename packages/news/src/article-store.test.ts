import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type LocalDynamo, startLocalDynamo } from '@slipway/service-kit/testing';
import type { Article } from './article.ts';
import { type ArticleStore, createMemoryArticleStore } from './article-store.ts';
import { createDynamoArticleStore } from './dynamo-article-store.ts';

describe('the memory store', () => describeArticleStore(createMemoryArticleStore));

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
  describeArticleStore(() => createDynamoArticleStore('articles', client));
});

function describeArticleStore(open: () => ArticleStore): void {
  test('lists the newest articles first and no more than asked for', async () => {
    const store = open();
    expect(await store.listNewest(2)).toEqual([]);
    for (const day of [2, 3, 1]) await store.add(articleOfDay(day));
    expect(await store.listNewest(2)).toEqual([articleOfDay(3), articleOfDay(2)]);
  });
}

function articleOfDay(day: number): Article {
  return {
    id: `id-${day}`,
    title: `Day ${day}`,
    summary: 'It happened.',
    category: 'general',
    publishedAt: `2030-01-0${day}T00:00:00.000Z`,
  };
}
