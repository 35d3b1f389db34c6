import type { Context } from '../../core/context.ts';
import { dynamoDbFace } from './face.ts';
import { protectedTables } from './protection.ts';
import { dynamoDbResources } from './resources.ts';
import { Tables } from './tables.ts';

/** DynamoDB: dynalite over LevelDB in a thread of its own. `close` ends the thread. */
export function createDynamoDb(context: Context) {
  const tables = new Tables(context);
  return {
    resources: dynamoDbResources(context, tables),
    faces: [dynamoDbFace(protectedTables(context, tables))],
    close: () => tables.close(),
  };
}
