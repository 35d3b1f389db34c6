import type { Express, Request, RequestHandler, Response } from 'express';
import type * as z from 'zod';
import { defaultBodyLimit, readJson } from './body.ts';
import type { Caller } from './caller.ts';
import { admit, type Callers } from './callers.ts';
import { check } from './input.ts';
import type { Logger } from './logger.ts';
import { refuseForeign } from './origin.ts';
import { Problem } from './problem.ts';
import { parseQuery } from './query.ts';
import { countCall } from './rate-limit.ts';
import { prepareHeaders, sendReply } from './reply.ts';
import { contextOf } from './request-context.ts';
import type { Reply, ReplyHeaders, Route } from './route.ts';

/** Has the app answer these routes below `path`. Throws Error where a route cannot work as it is declared. */
export function addRoutes(
  app: Express,
  path: string,
  routes: readonly Route[],
  callers: Callers | undefined,
): void {
  for (const route of routes) {
    if (route.caller !== undefined && callers === undefined) {
      throw new Error(
        `${route.method} ${route.path} needs a caller, but createService was given no callers.`,
      );
    }
    const template = joinPath(path, route.path);
    app[route.method](template, answer(template, route, callers));
  }
}

/** Has the app refuse other methods at these paths, and say at OPTIONS which there are. */
export function refuseOtherMethods(
  app: Express,
  methodsByPath: ReadonlyMap<string, ReadonlySet<string>>,
): void {
  for (const [path, methods] of methodsByPath) {
    const allowed = [...methods].flatMap(method =>
      method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()],
    );
    const Allow = [...allowed, 'OPTIONS'].join(', ');
    app.all(path, (request, response) => {
      contextOf(response).route = path;
      if (request.method !== 'OPTIONS') {
        throw new Problem(405, `Here is only ${Allow}.`, { headers: { Allow } });
      }
      const answer = { description: 'The methods' };
      sendReply(request, response, { status: 204, headers: { Allow } }, { answer, personal: false });
    });
  }
}

/** Returns the whole path of a route. */
export function joinPath(path: string, below: string): string {
  return below === '/' ? path : `${path}${below}`;
}

function answer(template: string, route: Route, callers: Callers | undefined): RequestHandler {
  const changes = route.method !== 'get';
  const { limit, caller: rule, answers } = route;
  const personal = rule !== undefined;
  const handle = route.handle as (input: Input) => Reply | undefined | Promise<Reply | undefined>;

  return async (request, response) => {
    const context = contextOf(response);
    context.route = template;
    if (changes) refuseForeign(request);
    let limits: ReplyHeaders | undefined;
    if (limit !== undefined) {
      limits = await countCall(request, limit, err => context.log.error({ err }, 'the limiter failed'));
    }
    const caller = rule === undefined ? undefined : await admit(request, rule, callers!);
    const input = new Input(request, response, caller);
    readInput(input, route);
    if (route.body !== undefined) {
      const sent = await readJson(request, route.bodyLimit ?? defaultBodyLimit);
      input.body = check(sent, route.body, 'body');
    }
    const reply = await handle(input);
    if (reply === undefined) return;
    const declared = answers[reply.status];
    if (declared === undefined)
      throw new Error(`${template} answers ${reply.status}, which it does not declare`);
    sendReply(request, response, reply, { answer: declared, personal, limits });
  };
}

/** What a handler is given; what is dear is made when it is asked for. */
class Input {
  params: unknown;
  query: unknown;
  headers: unknown;
  body: unknown;
  readonly caller: Caller | undefined;
  readonly request: Request;
  readonly #response: Response;

  constructor(request: Request, response: Response, caller: Caller | undefined) {
    this.request = request;
    this.#response = response;
    this.caller = caller;
  }

  get response(): Response {
    prepareHeaders(this.#response);
    return this.#response;
  }

  get log(): Logger {
    return contextOf(this.#response).log;
  }
}

function readInput(input: Input, { params, query, headers }: Route): void {
  if (params !== undefined) input.params = readParams(input.request, params);
  if (query !== undefined) input.query = check(parseQuery(input.request.url), query, 'query');
  if (headers !== undefined) input.headers = check(input.request.headers, headers, 'request');
}

/** What cannot be the name of anything is not found, like what could be and is not there. */
function readParams(request: Request, schema: z.ZodType): unknown {
  const result = schema.safeParse(request.params);
  if (result.success) return result.data;
  throw new Problem(404, `There is nothing at ${request.method} ${request.path.slice(0, 200)}.`);
}
