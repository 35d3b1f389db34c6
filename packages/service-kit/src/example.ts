import type { JsonSchema } from './openapi-schema.ts';

type Schemas = Readonly<Record<string, unknown>> | undefined;

const formats: Readonly<Record<string, string>> = {
  'date-time': '2030-01-01T00:00:00.000Z',
  date: '2030-01-01',
  uuid: '00000000-0000-4000-8000-000000000000',
  email: 'somebody@example.org',
  uri: 'https://example.org/',
};

/** Returns a value of the shape that a schema describes, for people to change: it need not be one that is accepted. */
export function exampleOf(schema: JsonSchema, schemas: Schemas, depth = 0): unknown {
  if (depth > 8) return null;
  const below = (part: unknown) => exampleOf(part as JsonSchema, schemas, depth + 1);
  if (schema.$ref !== undefined) return below(schemas?.[String(schema.$ref).split('/').at(-1)!] ?? {});
  if (schema.default !== undefined) return schema.default;
  if (schema.const !== undefined) return schema.const;
  if (Array.isArray(schema.enum)) return schema.enum[0];
  const choices = (schema.anyOf ?? schema.oneOf) as readonly unknown[] | undefined;
  if (choices !== undefined) return below(choices[0]);
  switch (schema.type) {
    case 'string':
      return formats[String(schema.format)] ?? '';
    case 'integer':
    case 'number':
      return Math.max(0, Number(schema.minimum ?? 0));
    case 'boolean':
      return false;
    case 'array':
      return [];
    case 'object':
      return Object.fromEntries(
        Object.entries(schema.properties ?? {}).map(([name, part]) => [name, below(part)]),
      );
    default:
      return null;
  }
}
