import {
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
  type UpdateCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { ask } from './dynamo.ts';
import type { Profile, User } from './user.ts';
import type { UserStore } from './user-store.ts';

/** All users share this key of the index, which orders them by time. */
const kind = 'user';

/**
 * Keeps users in a DynamoDB table of the shape that service.yaml declares. The e-mail address is the table's
 * key, so that one conditional write keeps it unique. A user is found by id through an index that tells the
 * address, which never changes: what is found is current, but on AWS a new user may take a moment to be in it.
 */
export function createDynamoUserStore(TableName: string, client: DynamoDBDocumentClient): UserStore {
  const findByEmail = async (email: string) => {
    const answer = await ask(
      client.send(new GetCommand({ TableName, Key: { email }, ConsistentRead: true })),
    );
    return answer?.Item && toUser(answer.Item);
  };
  const change = async (email: string, update: Update) => {
    const answer = await ask(
      client.send(new UpdateCommand({ TableName, Key: { email }, ReturnValues: 'ALL_NEW', ...update })),
    );
    return answer?.Attributes && toUser(answer.Attributes);
  };
  return {
    add: async ({ roles: _, ...user }) => {
      const ConditionExpression = 'attribute_not_exists(email)';
      const Item = { ...user, kind };
      return (await ask(client.send(new PutCommand({ TableName, Item, ConditionExpression }))))
        ? 'added'
        : 'email-taken';
    },
    findByEmail,
    findById: async id => {
      const answer = await ask(
        client.send(
          new QueryCommand({
            ...{ TableName, IndexName: 'byId', ProjectionExpression: 'email', Limit: 1 },
            KeyConditionExpression: 'id = :id',
            ExpressionAttributeValues: { ':id': id },
          }),
        ),
      );
      const [found] = answer?.Items ?? [];
      return found && findByEmail(found.email);
    },
    listNewest: async limit => {
      const answer = await ask(
        client.send(
          new QueryCommand({
            ...{ TableName, IndexName: 'newestFirst', ScanIndexForward: false, Limit: limit },
            ProjectionExpression: 'id, #name, registeredAt',
            KeyConditionExpression: 'kind = :kind',
            ExpressionAttributeNames: { '#name': 'name' },
            ExpressionAttributeValues: { ':kind': kind },
          }),
        ),
      );
      return (answer?.Items ?? []) as Profile[];
    },
    rename: (email, name) =>
      change(email, {
        ConditionExpression: 'attribute_exists(email)',
        UpdateExpression: 'SET #name = :name',
        ExpressionAttributeNames: { '#name': 'name' },
        ExpressionAttributeValues: { ':name': name },
      }),
    replaceHash: (email, { from, to, newEpoch }) =>
      change(email, {
        ConditionExpression: 'passwordHash = :from',
        UpdateExpression: 'SET passwordHash = :to ADD epoch :one',
        ExpressionAttributeValues: { ':from': from, ':to': to, ':one': newEpoch ? 1 : 0 },
      }),
    setRole: (email, role, given) =>
      change(email, {
        ConditionExpression: 'attribute_exists(email)',
        UpdateExpression: given ? 'ADD #roles :role' : 'DELETE #roles :role',
        ExpressionAttributeNames: { '#roles': 'roles' },
        ExpressionAttributeValues: { ':role': new Set([role]) },
      }),
  };
}

type Update = Omit<UpdateCommandInput, 'TableName' | 'Key' | 'ReturnValues'>;

/** Roles are a set of DynamoDB's, which is not there while it is empty. */
function toUser({ kind: _, ...item }: Record<string, unknown>): User {
  const { roles = [], epoch = 0, ...user } = item as User & { roles?: Iterable<string> };
  return { ...user, epoch, roles: [...roles].sort() };
}
