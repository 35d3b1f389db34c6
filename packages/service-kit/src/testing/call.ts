import type { Arbitrary } from 'fast-check';
import type { OpenApi, Parameter } from '../openapi.ts';
import type { JsonSchema } from '../openapi-schema.ts';
import { valuesOf } from './arbitrary.ts';
import { embed, type Found } from './document.ts';
import type { RawRequest } from './raw-request.ts';

type FastCheck = typeof import('fast-check').default;

/** The parts of a call, before they are put together. */
export type Call = {
  readonly params: Readonly<Record<string, string>>;
  readonly query: readonly (readonly [name: string, value: string])[];
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | undefined;
};

/** What a suite knows better than the document, such as ids of things that exist. */
export type Known = Readonly<Record<string, string>>;

/** Returns what makes calls that the document allows; half of them with the values that are known. */
export function callsOf(
  fc: FastCheck,
  document: OpenApi,
  { operation }: Found,
  known: Known,
): Arbitrary<Call> {
  const { parameters = [], requestBody } = operation;
  const schemaOf = (schema: JsonSchema) => valuesOf(fc, embed(document, schema));
  const pick = (parameter: Parameter) => {
    const made = schemaOf(parameter.schema).map(value => String(value) || 'none');
    const given = known[parameter.name];
    return given === undefined ? made : fc.oneof(made, fc.constant(given));
  };
  const place = (where: Parameter['in']) => {
    const here = parameters.filter(parameter => parameter.in === where);
    const requiredKeys = here.filter(parameter => parameter.required).map(({ name }) => name);
    return fc.record(Object.fromEntries(here.map(each => [each.name, pick(each)])), { requiredKeys });
  };
  const bodySchema = requestBody?.content['application/json']?.schema;
  return fc.record({
    params: place('path') as Arbitrary<Record<string, string>>,
    query: place('query').map(values => Object.entries(values) as [string, string][]),
    headers: place('header').map(values => onlyLatin(values as Record<string, string>)),
    body:
      bodySchema === undefined
        ? fc.constant(undefined)
        : schemaOf(bodySchema).map(value => JSON.stringify(value)),
  });
}

/** Puts a call together. The path and the query are escaped unless `raw` says that they are to be sent as they are. */
export function requestOf({ method, path }: Found, call: Call, raw = false): RawRequest {
  const written = raw ? (text: string) => text : encodeURIComponent;
  const filled = path.replace(/\{(\w+)\}/g, (_, name) => written(call.params[name] ?? 'none'));
  const query = call.query.map(([name, value]) => `${written(name)}=${written(value)}`).join('&');
  return {
    method: method.toUpperCase(),
    path: query === '' ? filled : `${filled}?${query}`,
    headers: { ...(call.body !== undefined && { 'Content-Type': 'application/json' }), ...call.headers },
    ...(call.body !== undefined && { body: call.body }),
  };
}

function onlyLatin(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, value.replace(/[^\x20-\x7e]/g, '?')]),
  );
}
