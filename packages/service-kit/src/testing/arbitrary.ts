import type { Arbitrary } from 'fast-check';
import type { JsonSchema } from '../openapi-schema.ts';

type FastCheck = typeof import('fast-check').default;

/** Returns what makes values that a JSON schema describes; `root` holds the `$defs` that it refers to. */
export function valuesOf(fc: FastCheck, schema: JsonSchema, root: JsonSchema = schema): Arbitrary<unknown> {
  const below = (part: unknown) => valuesOf(fc, part as JsonSchema, root);
  if (schema.$ref !== undefined) return below(resolve(root, String(schema.$ref)));
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (Array.isArray(schema.enum)) return fc.constantFrom(...schema.enum);
  const choices = schema.anyOf ?? schema.oneOf;
  if (Array.isArray(choices)) return fc.oneof(...choices.map(below));
  switch (schema.type) {
    case 'string':
      return texts(fc, schema);
    case 'integer':
      return fc.integer({ min: bound(schema.minimum, -1000), max: bound(schema.maximum, 1000) });
    case 'number':
      return fc.double({ min: bound(schema.minimum, -1e6), max: bound(schema.maximum, 1e6), noNaN: true });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array': {
      const maxLength = Math.min(Number(schema.maxItems ?? 5), 5);
      return fc.array(below(schema.items ?? {}), { minLength: Number(schema.minItems ?? 0), maxLength });
    }
    case 'object':
      return objects(fc, schema, below);
    default:
      return fc.jsonValue();
  }
}

function objects(
  fc: FastCheck,
  schema: JsonSchema,
  below: (part: unknown) => Arbitrary<unknown>,
): Arbitrary<unknown> {
  const properties = Object.entries(schema.properties ?? {});
  if (properties.length === 0 && typeof schema.additionalProperties === 'object') {
    return fc.dictionary(fc.string({ minLength: 1, maxLength: 10 }), below(schema.additionalProperties), {
      maxKeys: 3,
    });
  }
  const values = Object.fromEntries(properties.map(([name, part]) => [name, below(part)]));
  return fc.record(values, { requiredKeys: [...(schema.required ?? [])] });
}

function texts(fc: FastCheck, schema: JsonSchema): Arbitrary<string> {
  const minLength = Number(schema.minLength ?? 0);
  const maxLength = Math.min(Number(schema.maxLength ?? minLength + 50), minLength + 50);
  if (typeof schema.pattern === 'string') {
    return fc
      .stringMatching(new RegExp(schema.pattern))
      .filter(text => text.length <= Number(schema.maxLength ?? 1000));
  }
  switch (schema.format) {
    case 'uuid':
      return fc.uuid();
    case 'email':
      return fc.stringMatching(/^[a-z]{1,10}@[a-z]{1,10}\.example$/);
    case 'uri':
      return fc.stringMatching(/^https:\/\/[a-z]{1,10}\.example\/[a-z]{0,10}$/); // webUrl takes seconds to make
    case 'date-time':
      return fc
        .date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true })
        .map(date => date.toISOString());
    case 'date':
      return fc
        .date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true })
        .map(date => date.toISOString().slice(0, 10));
    default:
      return fc.string({ unit: 'grapheme-ascii', minLength, maxLength });
  }
}

function bound(value: unknown, usual: number): number {
  return typeof value === 'number' && Math.abs(value) < 1e9 ? value : usual;
}

function resolve(root: JsonSchema, reference: string): JsonSchema {
  const name = reference.split('/').at(-1)!;
  return (root.$defs as Record<string, JsonSchema>)[name]!;
}
