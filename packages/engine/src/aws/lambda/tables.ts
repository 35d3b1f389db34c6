import { AwsError } from '../../core/errors.ts';
import type { Store, Table } from '../../core/store.ts';
import type { LambdaFunction } from './function.ts';
import type { Invocation } from './invocation.ts';

export interface Tables {
  functions: Table<LambdaFunction>;
  /** The text of a function's code, by its SHA-256. */
  code: Table<string>;
  invocations: Table<Invocation>;
  /** Ids of invocations that something is still to be done for. */
  active: Table<true>;
  /** The invocation that a token made. */
  tokens: Table<string>;
  /** Events by invocation, until it is over. */
  events: Table<string>;
  /** What synchronous invocations answered, until their caller has it. */
  answers: Table<string>;
}

export function openTables(store: Store): Tables {
  return {
    functions: store.table('lambda_functions'),
    code: store.table('lambda_code'),
    invocations: store.table('lambda_invocations'),
    active: store.table('lambda_active'),
    tokens: store.table('lambda_tokens'),
    events: store.table('lambda_events'),
    answers: store.table('lambda_answers'),
  };
}

const NAME =
  /^(?:(?:arn:aws[a-z-]*:lambda:)?(?:[a-z]{2}(?:-[a-z]+)+-\d:)?(?:\d{12}:)?function:)?([A-Za-z0-9_-]{1,64})(?::(\$LATEST))?$/;

/** The function that a name, a partial or a full ARN means; the only version is `$LATEST`. */
export function findFunction(tables: Tables, nameOrArn: string): LambdaFunction | undefined {
  const name = NAME.exec(nameOrArn)?.[1];
  return name === undefined ? undefined : tables.functions.get(name);
}

/** Throws ResourceNotFoundException. */
export function functionNamed(tables: Tables, nameOrArn: unknown, place: { arnOf(name: string): string }) {
  const text = String(nameOrArn ?? '');
  const found = findFunction(tables, text);
  if (found) return found;
  const arn = text.startsWith('arn:') ? text : place.arnOf(text);
  throw new AwsError('ResourceNotFoundException', `Function not found: ${arn}`, 404);
}

/** Forgets code that neither a function nor an unfinished invocation uses. */
export function forgetCode(tables: Tables): void {
  const used = new Set([
    ...tables.functions.values().map(each => each.code),
    ...tables.active.keys().flatMap(id => tables.invocations.get(id)?.definition?.code ?? []),
  ]);
  for (const hash of tables.code.keys()) if (!used.has(hash)) tables.code.delete(hash);
}
