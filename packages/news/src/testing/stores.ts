import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { describe } from '@jest/globals';
import { startLocalDynamo } from '@slipway/service-kit/testing';
import type { Article } from '../article.ts';
import type { ArticleStore } from '../article-store.ts';
import { createDynamoArticleStore } from '../dynamo-article-store.ts';
import type { NewsTable } from '../dynamo-table.ts';
import { createMemoryArticleStore } from '../memory-article-store.ts';

/** An empty store of one kind; it goes with its disposal. */
export type OpenStore = () => Promise<AsyncDisposable & { readonly store: ArticleStore }>;

/** Makes the same promises about every kind of store. */
export function describeStores(promises: (open: OpenStore) => void): void {
  describe('the memory store', () =>
    promises(async () => ({ store: createMemoryArticleStore(), [Symbol.asyncDispose]: async () => {} })));

  describe('the DynamoDB store, on the table of service.yaml', () =>
    promises(async () => {
      const table = await openNewsTable();
      return { store: createDynamoArticleStore(table), [Symbol.asyncDispose]: table[Symbol.asyncDispose] };
    }));
}

/** An empty table on this machine. */
export async function openNewsTable(now = () => new Date()): Promise<NewsTable & AsyncDisposable> {
  const dynamo = await startLocalDynamo(`${import.meta.dirname}/../..`);
  const client = DynamoDBDocumentClient.from(new DynamoDBClient({ ...dynamo.clientConfig, maxAttempts: 1 }));
  return {
    name: dynamo.env.TABLE_NEWSROOM!,
    client,
    now,
    newId: randomUUID,
    [Symbol.asyncDispose]: async () => {
      client.destroy();
      await dynamo[Symbol.asyncDispose]();
    },
  };
}

/** An article of the newsroom; what a test is about it says itself. */
export function articleOf(different: Partial<Article> = {}): Article {
  return {
    id: randomUUID(),
    title: 'Launch',
    summary: 'The ship left the slipway.',
    body: 'It was raining.\n\nNobody minded.',
    category: 'harbour',
    tags: ['launch', 'ships'],
    author: { sub: 'user-1', name: 'Ada' },
    publishAt: '2030-01-01T00:00:00.000Z',
    updatedAt: '2030-01-01T00:00:00.000Z',
    version: 1,
    ...different,
  };
}
