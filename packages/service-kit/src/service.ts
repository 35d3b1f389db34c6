import express, { type ErrorRequestHandler, type Express, type RequestHandler, type Router } from 'express';
import helmet from 'helmet';
import { type Assets, loadAssets, serveAssets } from './assets.ts';
import type { Environment, ServiceConfig } from './config.ts';
import { healthPathOf } from './health.ts';
import { createIdentity, type WhoAmI } from './identity.ts';
import { createLogger, type Logger } from './logger.ts';
import { type Page, renderPage } from './page.ts';
import { describeProblem, Problem } from './problem.ts';
import { loggerOf, logRequests } from './request-log.ts';
import type { World } from './world.ts';

/** What every service's `createApp` is given besides its own stores. */
export type Kit = Pick<World, 'now' | 'newId'> & {
  readonly log: Logger;
  readonly whoAmI: WhoAmI;
  readonly assets: Assets;
};

/** Returns the kit of a service whose `main` is in `folder`. */
export function createKit(
  service: { name: string; folder: string },
  config: ServiceConfig,
  env: Environment,
  world: World,
): Kit {
  const { now, newId } = world;
  const environment = env.SLIPWAY_ENVIRONMENT || 'local';
  return {
    now,
    newId,
    log: createLogger(config, { service: service.name, environment }, now),
    whoAmI: createIdentity(env, { ...world, service: service.name }),
    assets: loadAssets(service.folder),
  };
}

/** What makes one service different from another. */
export type ServiceDefinition = {
  /** The path under which everything of this service is, such as `/news`. */
  readonly path: string;
  readonly routes: Router;
  /** Reads what the page at `<path>/` shows. */
  readonly page: () => Promise<Page>;
};

/**
 * Returns an app that has what all services have: health, identity, page, assets, logs, security headers and
 * problem details. It knows only its own path and never listens.
 */
export function createService(kit: Kit, { path, routes, page }: ServiceDefinition): Express {
  const app = express().enable('case sensitive routing');
  app.use(logRequests(kit), protect);
  app.get(healthPathOf(path), (_request, response) => {
    response.set('Cache-Control', 'no-store').json({ status: 'ok' });
  });
  app.get(`${path}/json`, async (request, response) => {
    response.set('Cache-Control', 'no-store').json(await kit.whoAmI(request.socket.localAddress));
  });
  app.get(path, async (request, response) => {
    const [shown, identity] = await Promise.all([page(), kit.whoAmI(request.socket.localAddress)]);
    response
      .set('Cache-Control', 'no-store')
      .type('html')
      .send(renderPage(path, shown, identity));
  });
  app.use(`${path}/assets`, serveAssets(kit.assets));
  app.use(path, express.json({ limit: bodyLimit }), routes);
  app.use(refuseUnknown, answerProblem);
  return app;
}

const bodyLimit = '64kb';

/**
 * Everything a page needs comes from the service itself, Bootstrap's icons from `data:` in its style sheet. TLS
 * ends at the balancer or not at all (on a laptop), so neither HSTS nor an upgrade of requests is ours to ask.
 */
const protect: RequestHandler = helmet({
  strictTransportSecurity: false,
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'", 'data:'],
      connectSrc: ["'self'"],
      formAction: ["'self'"],
      baseUri: ["'none'"],
      frameAncestors: ["'none'"],
    },
  },
});

const refuseUnknown: RequestHandler = (request, _response, next) => {
  next(new Problem(404, `There is nothing at ${request.method} ${request.path.slice(0, 200)}.`));
};

const answerProblem: ErrorRequestHandler = (error, _request, response, next) => {
  const problem = describeProblem(error);
  if (problem.status >= 500) loggerOf(response).error({ err: error }, 'request failed');
  if (response.headersSent) return next(error);
  const body = { ...problem, requestId: response.locals.requestId };
  response.status(problem.status).type('application/problem+json').send(JSON.stringify(body));
};
