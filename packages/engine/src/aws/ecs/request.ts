import { AwsError } from '../../core/errors.ts';

// biome-ignore lint/suspicious/noExplicitAny: the members of a request are what each operation takes them for
export type Input = any;

/** A page of a list whose token is the position to go on at. */
export function page<T>(all: T[], { maxResults, nextToken }: Input): { items: T[]; nextToken?: string } {
  const limit = Math.min(100, Number(maxResults ?? 100));
  const start = Number(nextToken ?? 0);
  if (!Number.isSafeInteger(start) || start < 0 || !(limit >= 1)) {
    throw new AwsError('InvalidParameterException', 'Invalid token or maximum of results.');
  }
  const end = start + Math.floor(limit);
  return { items: all.slice(start, end), ...(end < all.length ? { nextToken: String(end) } : {}) };
}

/** What was found of what was asked for, and the failures that AWS answers for the rest. */
export function found<T>(
  references: string[],
  find: (reference: string) => T | undefined,
  arnOf: (reference: string) => string,
): { items: T[]; failures: { arn: string; reason: string }[] } {
  const items: T[] = [];
  const failures: { arn: string; reason: string }[] = [];
  for (const reference of references) {
    const item = find(reference);
    if (item === undefined) failures.push({ arn: arnOf(reference), reason: 'MISSING' });
    else items.push(item);
  }
  return { items, failures };
}

export function requireList(value: unknown, name: string, most = 100): string[] {
  if (!Array.isArray(value) || value.length === 0 || value.some(each => typeof each !== 'string')) {
    throw new AwsError('InvalidParameterException', `${name} cannot be empty.`);
  }
  if (value.length > most)
    throw new AwsError('InvalidParameterException', `${name} has more than ${most} entries.`);
  return value as string[];
}

export function requireText(value: unknown, name: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new AwsError('InvalidParameterException', `${name} cannot be empty.`);
}
