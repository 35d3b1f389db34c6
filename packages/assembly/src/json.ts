import { TemplateError } from './errors.ts';

export type JsonObject = Record<string, unknown>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The entries of a value as a map, so that no name can reach what objects inherit; `what` names it in the error. */
export function section(value: unknown, what: string): Map<string, unknown> {
  if (value === undefined) return new Map();
  if (!isObject(value)) throw new TemplateError(`Template format error: ${what} must be an object.`);
  return new Map(Object.entries(value));
}

/** Text for a string, number or boolean; undefined for anything else. */
export function text(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

/** CloudFormation's limit for a template in S3: 1 MB. */
const MAX_CHARACTERS = 1_000_000;
const MAX_VALUES = 200_000;
const MAX_DEPTH = 100;

/**
 * Throws a TemplateError for a value that is no plain JSON, too large, too deep, or that names `__proto__`.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
 */
export function checkJson(value: unknown): void {
  const size = { characters: 0, values: 0 };
  check(value, 0, size);
}

function check(value: unknown, depth: number, size: { characters: number; values: number }): void {
  size.values++;
  if (typeof value === 'string') size.characters += value.length;
  if (size.characters > MAX_CHARACTERS || size.values > MAX_VALUES)
    throw new TemplateError('Template may not exceed 1000000 bytes in size.');
  if (depth > MAX_DEPTH)
    throw new TemplateError(`Template format error: nested deeper than ${MAX_DEPTH} levels.`);
  if (Array.isArray(value)) for (const item of value) check(item, depth + 1, size);
  else if (isObject(value)) {
    for (const [key, item] of Object.entries(value)) {
      if (key === '__proto__') throw new TemplateError('Template format error: "__proto__" is no key.');
      size.characters += key.length;
      check(item, depth + 1, size);
    }
  } else if (!['string', 'number', 'boolean'].includes(typeof value) && value !== null) {
    throw new TemplateError(`Template format error: a ${typeof value} is no JSON value.`);
  }
}
