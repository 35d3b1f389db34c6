import { AwsError } from '../../core/errors.ts';

type Input = Record<string, unknown>;

export function textOf(input: Input, member: string): string {
  const value = input[member];
  if (typeof value === 'string' && value !== '') return value;
  throw new AwsError('InvalidParameterException', `${member} is missing`);
}

export function numberOf(input: Input, member: string): number | undefined {
  const value = input[member];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new AwsError('InvalidParameterException', `${member} is no number`);
}

export function limitOf(input: Input, most: number): number {
  const limit = numberOf(input, 'limit') ?? most;
  if (limit >= 1 && limit <= most) return Math.floor(limit);
  throw new AwsError('InvalidParameterException', `limit must be between 1 and ${most}`);
}

/** A place in a stream, from a `nextForwardToken` or `nextBackwardToken`. */
export function afterToken(token: unknown): { direction: 'f' | 'b'; offset: number } | undefined {
  if (token === undefined || token === null) return undefined;
  const match = /^([fb])\/(\d{1,15})$/.exec(String(token));
  if (!match) throw new AwsError('InvalidParameterException', 'The specified nextToken is invalid.');
  return { direction: match[1] as 'f' | 'b', offset: Number(match[2]) };
}

/** A page of a list whose token is the position to go on at. */
export function page<T>(all: T[], limit: number, token: unknown): { items: T[]; nextToken?: string } {
  const start = token === undefined || token === null ? 0 : Number(token);
  if (!Number.isSafeInteger(start) || start < 0) {
    throw new AwsError('InvalidParameterException', 'The specified nextToken is invalid.');
  }
  const end = start + limit;
  return { items: all.slice(start, end), ...(end < all.length ? { nextToken: String(end) } : {}) };
}
