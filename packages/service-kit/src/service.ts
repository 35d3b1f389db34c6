import express, { type ErrorRequestHandler, type Express, type Request, type RequestHandler } from 'express';
import { answerPage } from './answer-page.ts';
import { serveAssets } from './assets.ts';
import type { Callers } from './callers.ts';
import type { Kit } from './kit.ts';
import type { Language } from './language.ts';
import { ownRoutes } from './own-routes.ts';
import type { Page } from './page.ts';
import { Problem } from './problem.ts';
import type { Query } from './query.ts';
import type { ReadyCheck } from './readiness.ts';
import { sendProblem } from './reply.ts';
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
  const own = ownRoutes(kit, service);
  const answerFirst = answerOwn(own);
  app.use((request, response, next) => {
    openContext(request, response, kit);
    return answerFirst(request, response, next);
  });
  const pages = (service.pages ?? []).map(page => joinPath(path, page.path));
  for (const page of service.pages ?? []) app.get(joinPath(path, page.path), answerPage(kit, service, page));
  app.locals.pages = pages; // which no document tells
  app.use(`${path}/assets`, serveAssets(kit.assets));
  addRoutes(app, path, routes, service.callers);
  refuseOtherMethods(app, methodsOf(path, [...Object.keys(own), ...pages], routes));
  app.use(refuseUnknown, answerProblem);
  return app;
}

/** Finds what every service answers by its path at once, so that no other route is any slower for it. */
function answerOwn(own: Readonly<Record<string, RequestHandler>>): RequestHandler {
  const handlers = new Map<string, readonly [template: string, handler: RequestHandler]>();
  for (const [at, handler] of Object.entries(own)) {
    handlers.set(at, [at, handler]).set(`${at}/`, [at, handler]);
  }
  return (request, response, next) => {
    const found = handlers.get(request.path);
    if (found === undefined || (request.method !== 'GET' && request.method !== 'HEAD')) return next();
    const [template, handler] = found;
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
