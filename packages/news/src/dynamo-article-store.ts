import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Article } from './article.ts';
import type { ArticleStore } from './article-store.ts';

/** All articles share this key of the index, which orders them by time. */
const kind = 'article';

/** Keeps articles in a DynamoDB table of the shape that service.yaml declares. */
export function createDynamoArticleStore(tableName: string, client: DynamoDBDocumentClient): ArticleStore {
  return {
    add: async article => {
      await client.send(new PutCommand({ TableName: tableName, Item: { ...article, kind } }));
    },
    listNewest: async limit => {
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName: tableName,
          IndexName: 'newestFirst',
          KeyConditionExpression: 'kind = :kind',
          ExpressionAttributeValues: { ':kind': kind },
          ScanIndexForward: false,
          Limit: limit,
        }),
      );
      return Items.map(({ kind: _, ...article }) => article as Article);
    },
  };
}

/** Opens the store with the region, endpoint and credentials that the SDK finds for itself. */
export function openDynamoArticleStore(tableName: string): ArticleStore {
  const requestHandler = { connectionTimeout: 2000, requestTimeout: 5000 };
  return createDynamoArticleStore(
    tableName,
    DynamoDBDocumentClient.from(new DynamoDBClient({ requestHandler })),
  );
}
