import type { Context } from '../../core/context.ts';
import { isProtected } from './definition.ts';
import { type Answer, type Ask, answerOf, operationOf, type Question } from './question.ts';
import { openRows, type TableRow } from './rows.ts';
import type { Tables } from './tables.ts';

/** The operations that need what a stack knows of a table; everything else the tables answer without the engine. */
export const GUARDED: readonly string[] = ['DeleteTable', 'UpdateTable'];

const PROTECTED =
  'Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.';

/**
 * Asks the tables, and adds what a stack knows of a table and dynalite does not: a protected one is not deleted until
 * UpdateTable takes its protection off, and one that was deleted leaves its name to the next.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/WorkingWithTables.Basics.html#WorkingWithTables.Basics.DeletionProtection
 */
export function protectedTables(context: Context, tables: Tables): Ask {
  const rows = openRows(context.store);

  const deleteTable = async (question: Question, row: TableRow): Promise<Answer> => {
    if (isProtected(row.settings, row.region))
      return answerOf(400, { __type: 'com.amazon.coral.validate#ValidationException', message: PROTECTED });
    rows.delete(row.name); // first: after a crash in between the deletion is asked for again, and finds the table
    const told = await tables.ask(question);
    if (told.status !== 200) rows.put(row.name, row);
    return told;
  };

  const protect = async (question: Question, input: Input, row: TableRow): Promise<Answer> => {
    const { DeletionProtectionEnabled, ...rest } = input;
    if (Object.keys(rest).length > 1) {
      const { 'content-length': _, ...headers } = question.headers;
      const told = await tables.ask({ ...question, headers, body: Buffer.from(JSON.stringify(rest)) });
      if (told.status !== 200) return told;
    }
    const settings = { ...row.settings, DeletionProtectionEnabled };
    rows.put(row.name, { ...row, settings });
    const { Table } = await tables.call('DescribeTable', { TableName: row.name });
    return answerOf(200, { TableDescription: { ...(Table as object), DeletionProtectionEnabled } });
  };

  const describe = async (question: Question, row: TableRow): Promise<Answer> => {
    const told = await tables.ask(question);
    if (told.status !== 200) return told;
    const { Table } = JSON.parse(Buffer.from(told.body).toString('utf8')) as { Table: object };
    const DeletionProtectionEnabled = isProtected(row.settings, row.region);
    return answerOf(200, { Table: { ...Table, DeletionProtectionEnabled } });
  };

  return async question => {
    const operation = operationOf(question);
    if (!operation || ![...GUARDED, 'DescribeTable'].includes(operation)) return tables.ask(question);
    const input = readInput(question.body);
    const row = typeof input.TableName === 'string' ? rows.get(input.TableName) : undefined;
    if (!row) return tables.ask(question);
    if (operation === 'DescribeTable') return describe(question, row);
    if (operation === 'DeleteTable') return deleteTable(question, row);
    return typeof input.DeletionProtectionEnabled === 'boolean'
      ? protect(question, input, row)
      : tables.ask(question);
  };
}

type Input = Record<string, unknown>;

/** What is no object is left to dynalite, which says so. */
function readInput(body: Uint8Array): Input {
  try {
    const input: unknown = JSON.parse(Buffer.from(body).toString('utf8'));
    return typeof input === 'object' && input !== null ? (input as Input) : {};
  } catch {
    return {};
  }
}
