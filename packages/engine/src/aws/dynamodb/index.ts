import type { Context } from '../../core/context.ts';
import { dynamoDbFace } from './face.ts';
import { protectedTables } from './protection.ts';
import { dynamoDbResources } from './resources.ts';
import { Tables, type TablesOptions } from './tables.ts';

/** DynamoDB: dynalite over LevelDB in a process of its own, which `close` lets go of. */
export function createDynamoDb(context: Context, options: TablesOptions) {
  const tables = new Tables(context, options);
  return {
    resources: dynamoDbResources(context, tables),
    faces: [dynamoDbFace(protectedTables(context, tables))],
    /** Where tasks reach the tables without the engine, as soon as there are tables. */
    address: () => tables.address(),
    open: () => tables.open(),
    close: () => tables.close(),
  };
}
