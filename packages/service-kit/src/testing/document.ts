import * as z from 'zod';
import type { OpenApi, Operation } from '../openapi.ts';
import type { JsonSchema } from '../openapi-schema.ts';
import type { RawAnswer } from './raw-request.ts';

/** One operation of a document and where it is. */
export type Found = { readonly method: string; readonly path: string; readonly operation: Operation };

/** Returns all operations, in the order of the document. */
export function listOperations(document: OpenApi): Found[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method, path, operation })),
  );
}

/** Returns the schema with all that it refers to, for whoever reads it without the document. */
export function embed(document: OpenApi, schema: JsonSchema): JsonSchema {
  const text = JSON.stringify({ ...schema, $defs: document.components.schemas });
  return JSON.parse(text.replaceAll('"#/components/schemas/', '"#/$defs/'));
}

/** Says what about an answer the document does not tell, or nothing where it fits. */
export function describeMisfit(
  document: OpenApi,
  { operation }: Found,
  answer: RawAnswer,
): string | undefined {
  const { status, type, text } = answer;
  if (status >= 500) return `it is a ${status}: ${text.slice(0, 500)}`;
  if (/node_modules|\bat .+:\d+:\d+|\.[jt]s:\d+/.test(text))
    return `it shows a stack trace: ${text.slice(0, 500)}`;
  if (status === 304) return undefined;
  const declared = operation.responses[status];
  if (declared === undefined)
    return `it is a ${status}, which the document does not know: ${text.slice(0, 300)}`;
  const response = '$ref' in declared ? resolve(document, declared.$ref) : declared;
  const content = (response as { content?: Record<string, { schema: JsonSchema }> }).content;
  if (content === undefined) return text === '' ? undefined : `it has a body: ${text.slice(0, 300)}`;
  const schema = content[type]?.schema;
  if (schema === undefined) return `it is of the type ${type}, not ${Object.keys(content).join(', ')}`;
  return /[/+]json$/.test(type) ? describeDifference(document, schema, text) : undefined;
}

const schemas = new WeakMap<JsonSchema, z.ZodType>();

function describeDifference(document: OpenApi, schema: JsonSchema, text: string): string | undefined {
  const known = schemas.get(schema) ?? z.fromJSONSchema(embed(document, schema) as never);
  schemas.set(schema, known);
  const { error } = known.safeParse(JSON.parse(text));
  return error && `its body is not as the document says: ${z.prettifyError(error)}\n${text.slice(0, 500)}`;
}

function resolve(document: OpenApi, reference: string): unknown {
  const [, , section, name] = reference.split('/');
  return document.components[section!]?.[name!];
}
