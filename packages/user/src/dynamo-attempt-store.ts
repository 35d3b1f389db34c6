import { DeleteCommand, type DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { AttemptStore } from './attempt-store.ts';
import { ask } from './dynamo.ts';

/** Counts in a DynamoDB table of the shape that service.yaml declares, which forgets what has expired. */
export function createDynamoAttemptStore(TableName: string, client: DynamoDBDocumentClient): AttemptStore {
  return {
    count: async (key, expiresAt) => {
      const answer = await ask(
        client.send(
          new UpdateCommand({
            ...{ TableName, Key: { key }, ReturnValues: 'UPDATED_NEW' },
            UpdateExpression: 'SET expiresAt = :expiresAt ADD attempts :one',
            ExpressionAttributeValues: { ':expiresAt': expiresAt, ':one': 1 },
          }),
        ),
      );
      return answer?.Attributes?.attempts as number;
    },
    forget: async key => {
      await ask(client.send(new DeleteCommand({ TableName, Key: { key } })));
    },
  };
}
