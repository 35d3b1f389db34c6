import type { Context } from '../../core/context.ts';
import { isProtected } from './definition.ts';
import { openRows, type TableRow } from './rows.ts';
import type { Answer, Question, Tables } from './tables.ts';

/** Answers requests to DynamoDB. */
export type Ask = (question: Omit<Question, 'id'>) => Promise<Answer>;

const PROTECTED =
  'Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.';

/**
 * Asks the tables, and adds what a stack knows of a table and dynalite does not: a protected one is not deleted until
 * UpdateTable takes its protection off, and one that was deleted leaves its name to the next.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/WorkingWithTables.Basics.html#WorkingWithTables.Basics.DeletionProtection
 */
export function protectedTables(context: Context, tables: Tables): Ask {
  const rows = openRows(context.store);

  const deleteTable = async (question: Omit<Question, 'id'>, row: TableRow): Promise<Answer> => {
    if (isProtected(row.settings, row.region))
      return answer(400, { __type: 'com.amazon.coral.validate#ValidationException', message: PROTECTED });
    rows.delete(row.name); // first: after a crash in between the deletion is asked for again, and finds the table
    const told = await tables.ask(question);
    if (told.status !== 200) rows.put(row.name, row);
    return told;
  };

  const protect = async (question: Omit<Question, 'id'>, input: Input, row: TableRow): Promise<Answer> => {
    const { DeletionProtectionEnabled, ...rest } = input;
    if (Object.keys(rest).length > 1) {
      const { 'content-length': _, ...headers } = question.headers;
      const told = await tables.ask({ ...question, headers, body: Buffer.from(JSON.stringify(rest)) });
      if (told.status !== 200) return told;
    }
    const settings = { ...row.settings, DeletionProtectionEnabled };
    rows.put(row.name, { ...row, settings });
    const { Table } = await tables.call('DescribeTable', { TableName: row.name });
    return answer(200, { TableDescription: { ...(Table as object), DeletionProtectionEnabled } });
  };

  return async question => {
    const operation = question.headers['x-amz-target']?.split('.').at(-1);
    if (operation !== 'DeleteTable' && operation !== 'UpdateTable') return tables.ask(question);
    const input = readInput(question.body);
    const row = typeof input.TableName === 'string' ? rows.get(input.TableName) : undefined;
    if (!row) return tables.ask(question);
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

function answer(status: number, output: object): Answer {
  const headers = { 'content-type': 'application/x-amz-json-1.0' };
  return { id: 0, status, headers, body: JSON.stringify(output) };
}
