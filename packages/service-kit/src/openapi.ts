import type * as z from 'zod';
import { createComponents, type JsonSchema, problemSchema } from './openapi-schema.ts';
import { ofStatus } from './problem.ts';
import type { Answer, Route } from './route.ts';
import { joinPath } from './router.ts';

/** An OpenAPI 3.1 document. */
export type OpenApi = {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
};
export type Operation = {
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly required: boolean; readonly content: Content };
  readonly responses: Readonly<Record<string, Response>>;
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
};
export type Parameter = {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly description?: string;
  readonly schema: JsonSchema;
};
type Response = { readonly description: string; readonly content?: Content } | { readonly $ref: string };
type Content = Readonly<Record<string, { readonly schema: JsonSchema }>>;

/** Returns the document of a service, made of its routes; the same routes give the same document. */
export function describeService(service: { path: string; title: string; routes: readonly Route[] }): OpenApi {
  const components = createComponents();
  const paths: Record<string, Record<string, Operation>> = {};
  const problems = new Set<number>();
  for (const route of service.routes) {
    const path = joinPath(service.path, route.path).replace(/:(\w+)/g, '{$1}');
    const operation = describeRoute(route, path, components);
    paths[path] = { ...paths[path], [route.method]: operation };
    for (const status of problemsOf(route)) problems.add(status);
  }
  return {
    openapi: '3.1.0',
    info: { title: service.title, version: '1' },
    paths,
    components: {
      schemas: { ...components.schemas(), Problem: problemSchema },
      responses: Object.fromEntries(
        [...problems].sort((a, b) => a - b).map(status => [nameOf(status), describeProblemAnswer(status)]),
      ),
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
    },
  };
}

type Components = ReturnType<typeof createComponents>;

function describeRoute(route: Route, path: string, components: Components): Operation {
  const { summary, description, caller, body } = route;
  const parameters = [
    ...describeParameters('path', route.params, components, namesIn(path)),
    ...describeParameters('query', route.query, components),
    ...describeParameters('header', route.headers, components),
  ];
  const role = typeof caller === 'object' ? `Needs the role \`${caller.role}\`.` : undefined;
  const text = [description, role].filter(Boolean).join('\n\n');
  return {
    operationId: identify(route.method, path),
    summary,
    ...(text && { description: text }),
    ...(parameters.length > 0 && { parameters }),
    ...(body && {
      requestBody: {
        required: !body.safeParse(undefined).success,
        content: { 'application/json': { schema: components.describe(body, 'input') } },
      },
    }),
    responses: describeAnswers(route, components),
    ...(caller !== undefined && {
      security: caller === 'optional' ? [{ bearer: [] }, {}] : [{ bearer: [] }],
    }),
  };
}

function describeParameters(
  place: Parameter['in'],
  schema: z.ZodType | undefined,
  components: Components,
  names: readonly string[] = [],
): Parameter[] {
  const { properties = {}, required = [] } = schema === undefined ? {} : components.inline(schema, 'input');
  return [...new Set([...names, ...Object.keys(properties)])].map(name => {
    const { description, ...rest } = properties[name] ?? { type: 'string' };
    return {
      name,
      in: place,
      required: place === 'path' || required.includes(name),
      ...(typeof description === 'string' && { description }),
      schema: rest,
    };
  });
}

function describeAnswers(route: Route, components: Components): Record<string, Response> {
  const answers: Record<string, Response> = {};
  const declared = Object.entries(route.answers);
  const added = problemsOf(route).filter(status => !(status in route.answers));
  for (const [status, answer] of declared)
    answers[status] = describeAnswer(Number(status), answer, components);
  for (const status of added) answers[status] = { $ref: `#/components/responses/${nameOf(status)}` };
  return answers;
}

function describeAnswer(
  status: number,
  { description, schema, type }: Answer,
  components: Components,
): Response {
  if (status >= 400) return { description, content: problemContent };
  if (schema !== undefined) {
    return {
      description,
      content: { 'application/json': { schema: components.describe(schema, 'output') } },
    };
  }
  return type === undefined
    ? { description }
    : { description, content: { [type]: { schema: { type: 'string' } } } };
}

/** The problems that follow from how a route is declared. */
function problemsOf({ path, caller, limit, query, body, headers, method }: Route): number[] {
  const needsCaller = caller !== undefined && caller !== 'optional';
  return [
    (path.includes(':') || query || body || headers) && 400,
    caller && 401,
    (needsCaller && typeof caller === 'object') || method !== 'get' ? 403 : undefined,
    path.includes(':') && 404,
    body && 413,
    body && 415,
    limit && 429,
    needsCaller && 503,
  ].filter(status => typeof status === 'number');
}

const problemContent: Content = {
  'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
};

function describeProblemAnswer(status: number): object {
  return { description: ofStatus(status).title, content: problemContent };
}

function nameOf(status: number): string {
  return ofStatus(status).title.replaceAll(/\W/g, '');
}

function namesIn(path: string): string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);
}

/** As `postNewsArticles` or `getNewsArticlesById`. */
function identify(method: string, path: string): string {
  const words = path
    .split('/')
    .filter(Boolean)
    .map(word => word.replace(/^\{(\w+)\}$/, 'by-$1'));
  return (
    method +
    words
      .flatMap(word => word.split(/\W+/))
      .map(word => word.slice(0, 1).toUpperCase() + word.slice(1))
      .join('')
  );
}
