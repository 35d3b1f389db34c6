import type * as z from 'zod';
import { type InputError, Problem } from './problem.ts';

/** Returns the value as the schema describes it. Throws Problem 400 that names each part that is wrong. */
export function check(value: unknown, schema: z.ZodType, what: string): unknown {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new Problem(400, `The ${what} is not what this route expects.`, {
    errors: result.error.issues.slice(0, 20).map(describeIssue),
  });
}

function describeIssue({ path, message }: z.core.$ZodIssue): InputError {
  return { path: path.map(String).join('.').slice(0, 200), message: message.slice(0, 500) };
}
