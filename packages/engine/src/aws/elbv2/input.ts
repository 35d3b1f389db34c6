import { AwsError } from '../../core/errors.ts';

/** Values as templates (numbers or strings) and the Query protocol (strings) give them. */

export function invalid(message: string): AwsError {
  return new AwsError('ValidationError', message);
}

/** A non-empty string of at most `longest` characters; `otherwise` when absent. */
export function readString(value: unknown, name: string, otherwise?: string, longest = 1024): string {
  if (value === undefined && otherwise !== undefined) return otherwise;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'string' || value === '') throw invalid(`${name} must be given as text`);
  if (value.length > longest) throw invalid(`${name} is longer than ${longest} characters`);
  return value;
}

export function readInteger(
  value: unknown,
  name: string,
  [from, to]: [number, number],
  otherwise?: number,
): number {
  if (value === undefined && otherwise !== undefined) return otherwise;
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isInteger(number) || number < from || number > to)
    throw invalid(`${name} '${String(value)}' must be an integer from ${from} to ${to}`);
  return number;
}

export function readOneOf<T extends string>(
  value: unknown,
  name: string,
  allowed: readonly T[],
  otherwise?: T,
): T {
  if (value === undefined && otherwise !== undefined) return otherwise;
  const found = allowed.find(each => each === value);
  if (!found)
    throw invalid(`${name} '${String(value)}' is not carried out locally, only ${allowed.join(', ')}`);
  return found;
}

export function readList(value: unknown, name: string): unknown[] {
  if (value === undefined || value === '') return [];
  if (!Array.isArray(value)) throw invalid(`${name} must be a list`);
  return value;
}

export function readStrings(value: unknown, name: string): string[] {
  return readList(value, name).map(each => readString(each, name, undefined, 2048));
}

export function readObject(value: unknown, name: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalid(`${name} must be an object`);
  return value as Record<string, unknown>;
}

/** `[{ Key, Value }]` as an object; the later of two equal keys counts. */
export function readPairs(value: unknown, name: string): Record<string, string> {
  const pairs = readList(value, name).map(each => readObject(each, name));
  return Object.fromEntries(
    pairs.map(pair => [readString(pair.Key, `${name} Key`), readValue(pair.Value, name)]),
  );
}

/** Of an attribute, which may be empty: the prefix of an access log is, where there is none. */
function readValue(value: unknown, name: string): string {
  return value === undefined || value === '' ? '' : readString(value, name);
}

export function showPairs(pairs: Record<string, string>): { Key: string; Value: string }[] {
  return Object.entries(pairs).map(([Key, Value]) => ({ Key, Value }));
}
