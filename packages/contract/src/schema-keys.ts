import type { z } from 'zod';

/** The definition that zod keeps of a schema, as far as it is looked into here. */
interface Definition {
  readonly type: string;
  readonly innerType?: Schema;
  readonly in?: Schema;
  readonly shape?: Readonly<Record<string, Schema>>;
  readonly valueType?: Schema;
}
type Schema = z.ZodType & { readonly def: Definition };

/**
 * Every key that a document of this schema may have, as a path of names between dots, in their order. A map's own keys
 * are `*`; keys that hold further ones are not listed themselves.
 */
export function keysOf(schema: z.ZodType, path: readonly string[] = []): string[] {
  const { innerType, in: input, shape, valueType, type } = (schema as Schema).def;
  const inner = innerType ?? input;
  if (inner) return keysOf(inner, path);
  if (type === 'record') return keysOf(valueType!, [...path, '*']);
  if (!shape) return [path.join('.')];
  return Object.entries(shape).flatMap(([key, each]) => keysOf(each, [...path, key]));
}
