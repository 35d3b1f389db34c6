import type { RequestHandler, Response } from 'express';
import { isHealthCheck } from './health.ts';
import type { Logger } from './logger.ts';
import type { World } from './world.ts';

export type RequestLogDeps = Pick<World, 'now' | 'newId'> & { readonly log: Logger };

/**
 * Gives each request an id and a logger that carries it and the balancer's trace id, and logs one line when it
 * has been answered; health checks at debug level, for a balancer asks all day long.
 */
export function logRequests({ log, now, newId }: RequestLogDeps): RequestHandler {
  return (request, response, next) => {
    const { method, path } = request;
    const startedAt = now().getTime();
    const requestId = acceptRequestId(request.get('x-request-id')) ?? newId();
    const traceId = readTraceId(request.get('x-amzn-trace-id'));
    const child = log.child({ requestId, ...(traceId && { traceId }) });
    response.locals.log = child;
    response.locals.requestId = requestId;
    response.set('X-Request-Id', requestId);
    response.once('close', () => {
      const line = {
        method,
        path: path.slice(0, 512),
        status: response.statusCode,
        ms: now().getTime() - startedAt,
        ...(!response.writableFinished && { aborted: true }),
      };
      child[isHealthCheck(path) ? 'debug' : 'info'](line, 'request');
    });
    next();
  };
}

/** Returns the logger of the request that is being answered. */
export function loggerOf(response: Response): Logger {
  return response.locals.log;
}

/**
 * Returns the root of an X-Amzn-Trace-Id header, which all hops of a call share, if it is well-formed.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-request-tracing.html
 */
export function readTraceId(header: string | undefined): string | undefined {
  return /(?:^|;)\s*Root=([\w-]{1,64})(?:;|$)/.exec(header ?? '')?.[1];
}

function acceptRequestId(header: string | undefined): string | undefined {
  return /^[\w.-]{1,64}$/.test(header ?? '') ? header : undefined;
}
