import type { Request } from 'express';
import { type InputError, Problem } from './problem.ts';

/** The part of the Standard Schema interface that is used here; zod's schemas have it. */
export type Schema<Output> = {
  readonly '~standard': { readonly validate: (value: unknown) => Result<Output> | Promise<Result<Output>> };
};
type Result<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly Issue[] };
type Issue = {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { key: PropertyKey })[] | undefined;
};

/** Returns the request's JSON body as the schema describes it. Throws Problem: 415 for another kind, 400. */
export async function readBody<Output>(request: Request, schema: Schema<Output>): Promise<Output> {
  if (request.body === undefined && hasBody(request)) {
    throw new Problem(415, 'Send the body as application/json.');
  }
  return check(request.body, schema, 'The body is not what this route expects.');
}

/** Returns the query's parameters as the schema describes them. Throws Problem 400. */
export async function readQuery<Output>(request: Request, schema: Schema<Output>): Promise<Output> {
  return check(request.query, schema, 'The query is not what this route expects.');
}

async function check<Output>(value: unknown, schema: Schema<Output>, detail: string): Promise<Output> {
  const result = await schema['~standard'].validate(value);
  if (result.issues === undefined) return result.value;
  throw new Problem(400, detail, result.issues.map(describeIssue));
}

function describeIssue({ path = [], message }: Issue): InputError {
  const keys = path.map(part => String(typeof part === 'object' ? part.key : part));
  return { path: keys.join('.'), message };
}

function hasBody({ headers }: Request): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}
