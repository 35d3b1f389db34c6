import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Post } from './post.ts';
import type { PostStore } from './post-store.ts';

/** All posts share this key of the index, which orders them by time. */
const kind = 'post';

/** Keeps posts in a DynamoDB table of the shape that service.yaml declares. */
export function createDynamoPostStore(tableName: string, client: DynamoDBDocumentClient): PostStore {
  return {
    add: async post => {
      await client.send(new PutCommand({ TableName: tableName, Item: { ...post, kind } }));
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
      return Items.map(({ kind: _, ...post }) => post as Post);
    },
  };
}

/** Opens the store with the region, endpoint and credentials that the SDK finds for itself. */
export function openDynamoPostStore(tableName: string): PostStore {
  const requestHandler = { connectionTimeout: 2000, requestTimeout: 5000 };
  return createDynamoPostStore(
    tableName,
    DynamoDBDocumentClient.from(new DynamoDBClient({ requestHandler })),
  );
}
