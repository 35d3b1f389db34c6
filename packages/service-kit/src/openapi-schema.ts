import * as z from 'zod';

export type JsonSchema = {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly [key: string]: unknown;
};

type Side = 'input' | 'output';

/**
 * Collects the schemas that have a name (`.meta({ id: 'Article' })`) and refers to them by it. Where what is sent
 * differs from what is answered, the former is named `ArticleInput`.
 */
export function createComponents() {
  const known = new Map<string, { readonly raw: string; readonly shape: JsonSchema }>();

  const nameFor = (id: string, raw: string, side: Side): string => {
    const taken = known.get(id);
    if (taken === undefined || taken.raw === raw) return id;
    if (side === 'output' || id.endsWith('Input')) throw new Error(`two schemas have the id ${id}`);
    return nameFor(`${id}Input`, raw, side);
  };

  const describe = (schema: z.ZodType, side: Side): JsonSchema => {
    const { $defs = {}, ...own } = convert(schema, side);
    const found = Object.entries($defs as Record<string, JsonSchema>).map(([id, { id: _, ...shape }]) => {
      const raw = JSON.stringify(shape);
      return { id, name: nameFor(id, raw, side), raw, shape };
    });
    const names = new Map(found.map(({ id, name }) => [`#/$defs/${id}`, `#/components/schemas/${name}`]));
    for (const { name, raw, shape } of found) {
      known.set(name, { raw, shape: redirect(shape, names) as JsonSchema });
    }
    return redirect(own, names) as JsonSchema;
  };

  return {
    describe,
    /** Returns a schema as it stands, even if it has a name. */
    inline: (schema: z.ZodType, side: Side): JsonSchema => {
      const described = describe(schema, side);
      const name = /^#\/components\/schemas\/(.+)$/.exec(String(described.$ref))?.[1];
      return name === undefined ? described : known.get(name)!.shape;
    },
    /** Returns what has been collected, ordered by name. */
    schemas: (): Record<string, JsonSchema> =>
      Object.fromEntries(
        [...known].map(([name, { shape }]) => [name, shape] as const).sort(([a], [b]) => (a < b ? -1 : 1)),
      ),
  };
}

/** The body of every answer that is a problem. */
export const problemSchema: JsonSchema = {
  type: 'object',
  description: 'Why a request was not carried out (RFC 9457).',
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    requestId: { type: 'string' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        properties: { path: { type: 'string' }, message: { type: 'string' } },
        required: ['path', 'message'],
        additionalProperties: false,
      },
    },
  },
  required: ['type', 'title', 'status', 'requestId'],
};

function convert(schema: z.ZodType, side: Side): JsonSchema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    io: side,
    unrepresentable: 'any',
    override: ({ jsonSchema }) => {
      if (jsonSchema.format !== undefined) delete jsonSchema.pattern; // which says the same at great length
    },
  }) as JsonSchema;
  return rest;
}

function redirect(value: unknown, names: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value)) return value.map(item => redirect(item, names));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      key === '$ref' && typeof item === 'string' ? (names.get(item) ?? item) : redirect(item, names),
    ]),
  );
}
