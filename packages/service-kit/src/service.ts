import express, { type ErrorRequestHandler, type Express, type Request, type RequestHandler } from 'express';
import { serveAssets } from './assets.ts';
import type { Callers } from './callers.ts';
import { etagOf, isKnown } from './etag.ts';
import { healthPathOf } from './health.ts';
import type { Kit } from './kit.ts';
import { chooseLanguage, type Language } from './language.ts';
import { describeService } from './openapi.ts';
import { type Page, renderPage } from './page.ts';
import { Problem } from './problem.ts';
import { showProblem } from './problem-page.ts';
import { parseQuery, type Query } from './query.ts';
import { createReadiness, type ReadyCheck } from './readiness.ts';
import { sendProblem, sendText } from './reply.ts';
import { contextOf, openContext } from './request-context.ts';
import type { Route } from './route.ts';
import { addRoutes, joinPath, refuseOtherMethods } from './router.ts';

/** What a page is made for. */
export type PageRequest = { readonly language: Language; readonly query: Query; readonly request: Request };

/** A further page of a service. Where a route has the same path, it is for who asks for HTML, as browsers do. */
export type PageRoute = {
  /** Below the service's path, with `:name` for a parameter. */
  readonly path: string;
  readonly page: (
    asked: PageRequest & { readonly params: Readonly<Record<string, string>> },
  ) => Promise<Page>;
};

/** What makes one service different from another. */
export type ServiceDefinition = {
  /** The path under which everything of this service is, such as `/news`. */
  readonly path: string;
  /** The name of its interface, for people who read the documentation. */
  readonly title: string;
  readonly routes: readonly Route[];
  /** Reads what the page at `<path>/` shows. */
  readonly page: (asked: PageRequest) => Promise<Page>;
  readonly pages?: readonly PageRoute[];
  /** What the service cannot work without, for `<path>/readyz`; each rejects while it cannot be used. */
  readonly ready?: Readonly<Record<string, ReadyCheck>>;
  /** Who checks tokens; needed as soon as a route wants to know its caller. */
  readonly callers?: Callers;
};

/**
 * Returns an app that has what all services have: health, identity, page, assets, documentation, logs, metrics,
 * security headers and problem details. It knows only its own path and never listens.
 */
export function createService(kit: Kit, service: ServiceDefinition): Express {
  const { path, routes } = service;
  const app = express()
    .enable('case sensitive routing')
    .disable('x-powered-by')
    .disable('etag')
    .set('query parser', false);
  app.use((request, response, next) => {
    openContext(request, response, kit);
    next();
  });
  const own = ownRoutes(kit, service);
  for (const [at, handler] of Object.entries(own)) app.get(at, named(at, handler));
  const pages = (service.pages ?? []).map(page => joinPath(path, page.path));
  for (const page of service.pages ?? []) app.get(joinPath(path, page.path), answerPage(kit, service, page));
  app.locals.pages = pages; // which no document tells
  app.use(`${path}/assets`, serveAssets(kit.assets));
  addRoutes(app, path, routes, service.callers);
  refuseOtherMethods(app, methodsOf(path, [...Object.keys(own), ...pages], routes));
  app.use(refuseUnknown, answerProblem);
  return app;
}

/** The routes that every service has. */
function ownRoutes(kit: Kit, service: ServiceDefinition) {
  const { path, title, routes, page, ready = {} } = service;
  const document = once(() => JSON.stringify(describeService({ path, title, routes })));
  const readiness = createReadiness(ready, kit.now, (dependency, err) =>
    kit.log.warn({ err, dependency }, 'not ready'),
  );
  return {
    [healthPathOf(path)]: (_request, response) => sendText(response, { ...notKept, text: '{"status":"ok"}' }),
    [`${path}/readyz`]: async (_request, response) => {
      const { ready, checks } = await readiness();
      if (!ready) throw new Problem(503, describeUnready(checks), { headers: { 'Retry-After': '5' } });
      sendText(response, { ...notKept, text: JSON.stringify({ status: 'ok', checks }) });
    },
    [`${path}/json`]: async (request, response) => {
      sendText(response, { ...notKept, text: JSON.stringify(await kit.whoAmI(request.socket.localAddress)) });
    },
    [path]: answerPage(kit, service, { path: '/', page }),
    [`${path}/openapi.json`]: (request, response) => {
      const text = document();
      const etag = etagOf(text);
      const headers = { ETag: etag, 'Cache-Control': 'no-cache' };
      if (isKnown(request, etag)) sendText(response, { status: 304, headers });
      else sendText(response, { type: json, text, headers });
    },
  } satisfies Record<string, RequestHandler>;
}

/** Answers with a page; what goes wrong is a page, too, for who asks for HTML. */
function answerPage(
  kit: Kit,
  { path, routes }: ServiceDefinition,
  { path: below, page }: PageRoute,
): RequestHandler {
  const template = joinPath(path, below);
  const shared = routes.some(route => route.method === 'get' && route.path === below);
  return async (request, response, next) => {
    const wanted = request.accepts(['json', 'html']) === 'html';
    if (shared && !wanted) return next();
    contextOf(response).route = template;
    const query = parseQuery(request.url);
    const language = chooseLanguage(query.lang, request.headers['accept-language']);
    const params = request.params as Record<string, string>;
    const at = below === '/' ? `${path}/` : request.path;
    const whoAnswers = kit.whoAmI(request.socket.localAddress);
    const send = async (status: number, shown: Page, headers: Readonly<Record<string, string>> = {}) => {
      const frame = { path, at, page: shown, identity: await whoAnswers, language, query };
      sendText(response, {
        status,
        type: 'text/html; charset=utf-8',
        text: renderPage(frame),
        headers: { ...headers, 'Cache-Control': 'no-store', 'Content-Language': language, Vary: vary },
      });
    };
    try {
      await send(200, await page({ language, query, request, params }));
    } catch (error) {
      if (!wanted || !(error instanceof Problem) || response.headersSent) throw error;
      if (error.status >= 500) contextOf(response).log.warn({ err: error }, 'not available');
      await send(error.status, showProblem(error, language), error.headers);
    }
  };
}

const vary = 'Accept, Accept-Language';

const json = 'application/json; charset=utf-8';
const notKept = { type: json, headers: { 'Cache-Control': 'no-store' } };

function describeUnready(checks: Readonly<Record<string, string>>): string {
  const unready = Object.entries(checks).filter(([, state]) => state !== 'ok');
  return `Not ready: ${unready.map(([name, state]) => `${name} (${state})`).join(', ')}.`;
}

function named(template: string, handler: RequestHandler): RequestHandler {
  return (request, response, next) => {
    contextOf(response).route = template;
    return handler(request, response, next);
  };
}

function methodsOf(path: string, own: readonly string[], routes: readonly Route[]): Map<string, Set<string>> {
  const methods = new Map<string, Set<string>>(own.map(at => [at, new Set(['get'])]));
  for (const route of routes) {
    const at = joinPath(path, route.path);
    methods.set(at, (methods.get(at) ?? new Set()).add(route.method));
  }
  return methods;
}

const refuseUnknown: RequestHandler = request => {
  throw new Problem(404, `There is nothing at ${request.method} ${request.path.slice(0, 200)}.`);
};

const answerProblem: ErrorRequestHandler = (error, _request, response, _next) => {
  const { status } = sendProblem(response, error);
  const { log } = contextOf(response);
  if (status === 503) log.warn({ err: error }, 'not available');
  else if (status >= 500) log.error({ err: error }, 'request failed');
};

function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
