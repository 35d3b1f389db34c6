import type { DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import type { Tables } from './config.ts';
import { openDynamo } from './dynamo.ts';
import { createDynamoAttemptStore } from './dynamo-attempt-store.ts';
import { createDynamoSessionStore } from './dynamo-session-store.ts';
import { createDynamoUserStore } from './dynamo-user-store.ts';
import type { Stores } from './stores.ts';

/** Opens the tables of service.yaml by the names that they have here. */
export function openDynamoStores(tables: Tables, config?: DynamoDBClientConfig): Stores {
  const client = openDynamo(config);
  const [users, sessions] = [
    createDynamoUserStore(tables.users, client),
    createDynamoSessionStore(tables.sessions, client),
  ];
  return {
    ...{ users, sessions, attempts: createDynamoAttemptStore(tables.attempts, client) },
    ready: { users: () => users.findByEmail('nobody'), sessions: () => sessions.find('none') },
  };
}
