import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { User } from './user.ts';
import type { UserStore } from './user-store.ts';

/** All users share this key of the index, which orders them by time. */
const kind = 'user';

/**
 * Keeps users in a DynamoDB table of the shape that service.yaml declares. The e-mail address is the table's
 * key, so that one conditional write keeps it unique. Reads go through indexes: on AWS a new user may take a
 * moment to appear in them.
 */
export function createDynamoUserStore(TableName: string, client: DynamoDBDocumentClient): UserStore {
  return {
    add: async user => {
      const ConditionExpression = 'attribute_not_exists(email)';
      try {
        await client.send(new PutCommand({ TableName, Item: { ...user, kind }, ConditionExpression }));
        return 'added';
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return 'email-taken';
        throw error;
      }
    },
    findById: async id => {
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName,
          IndexName: 'byId',
          KeyConditionExpression: 'id = :id',
          ExpressionAttributeValues: { ':id': id },
          Limit: 1,
        }),
      );
      return Items.map(toUser)[0];
    },
    listNewest: async limit => {
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName,
          IndexName: 'newestFirst',
          KeyConditionExpression: 'kind = :kind',
          ExpressionAttributeValues: { ':kind': kind },
          ScanIndexForward: false,
          Limit: limit,
        }),
      );
      return Items.map(toUser);
    },
  };
}

/** Opens the store with the region, endpoint and credentials that the SDK finds for itself. */
export function openDynamoUserStore(tableName: string): UserStore {
  const requestHandler = { connectionTimeout: 2000, requestTimeout: 5000 };
  return createDynamoUserStore(
    tableName,
    DynamoDBDocumentClient.from(new DynamoDBClient({ requestHandler })),
  );
}

function toUser({ kind: _, ...user }: Record<string, unknown>): User {
  return user as User;
}
