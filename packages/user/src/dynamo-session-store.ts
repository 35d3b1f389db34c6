import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { ask } from './dynamo.ts';
import type { Session } from './session.ts';
import type { SessionStore } from './session-store.ts';

/** Keeps sessions in a DynamoDB table of the shape that service.yaml declares, which forgets what has expired. */
export function createDynamoSessionStore(TableName: string, client: DynamoDBDocumentClient): SessionStore {
  return {
    add: async session => {
      await ask(client.send(new PutCommand({ TableName, Item: session })));
    },
    find: async id => {
      const answer = await ask(client.send(new GetCommand({ TableName, Key: { id }, ConsistentRead: true })));
      return answer?.Item as Session | undefined;
    },
    rotate: async (id, from, { currentHash, previous }) => {
      const rotated = await ask(
        client.send(
          new UpdateCommand({
            ...{ TableName, Key: { id }, ConditionExpression: 'currentHash = :from' },
            UpdateExpression: 'SET currentHash = :current, previous = :previous',
            ExpressionAttributeValues: { ':from': from, ':current': currentHash, ':previous': previous },
          }),
        ),
      );
      return rotated !== undefined;
    },
    remove: async id => {
      await ask(client.send(new DeleteCommand({ TableName, Key: { id } })));
    },
  };
}
