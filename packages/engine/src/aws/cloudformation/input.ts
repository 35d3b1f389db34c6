import { AwsError } from '../../core/errors.ts';

/** A request as the wire gives it: scalars are text. */
// biome-ignore lint/suspicious/noExplicitAny: each operation checks what it takes
export type Input = any;

export function optionalText(input: Input, member: string): string | undefined {
  const value: unknown = input?.[member];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw new AwsError('ValidationError', `${member} must be a string`);
  return value;
}

export function text(input: Input, member: string): string {
  const value = optionalText(input, member);
  if (value) return value;
  const field = member.charAt(0).toLowerCase() + member.slice(1);
  throw new AwsError(
    'ValidationError',
    `1 validation error detected: Value null at '${field}' failed to satisfy constraint: Member must not be null`,
  );
}

export function list(input: Input, member: string): unknown[] {
  const value: unknown = input?.[member] ?? [];
  if (value === '') return [];
  if (!Array.isArray(value)) throw new AwsError('ValidationError', `${member} must be a list`);
  return value;
}

/** A list of `{ Key, Value }` as an object. */
export function pairs(input: Input, member: string, key: string, value: string): Record<string, string> {
  return Object.fromEntries(
    list(input, member).map(each => [text(each, key), optionalText(each, value) ?? '']),
  );
}

/** One page of `items`; the token is where the next one starts. */
export function page<T>(items: readonly T[], input: Input, size = 100): { items: T[]; NextToken?: string } {
  const token = optionalText(input, 'NextToken') ?? '0';
  if (!/^\d{1,9}$/.test(token)) throw new AwsError('ValidationError', 'NextToken is not valid');
  const start = Number(token);
  const next = start + size;
  return { items: items.slice(start, next), ...(next < items.length ? { NextToken: String(next) } : {}) };
}
