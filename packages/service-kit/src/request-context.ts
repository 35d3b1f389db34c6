import type { IncomingMessage, ServerResponse } from 'node:http';
import { isHealthCheck } from './health.ts';
import type { Logger } from './logger.ts';
import type { Metrics } from './metrics.ts';
import type { World } from './world.ts';

export type ContextDeps = Pick<World, 'now' | 'newId'> & { readonly log: Logger; readonly metrics: Metrics };

const key = Symbol('slipway request');

/** What the kit knows of a request that is being answered. */
export class RequestContext {
  readonly requestId: string;
  readonly traceId: string | undefined;
  /** The template of the route that answers, never the path itself. */
  route = 'unknown';
  readonly #deps: ContextDeps;
  readonly #startedAt: number;
  #log: Logger | undefined;
  #streamedAfterMs: number | undefined;

  constructor({ headers }: IncomingMessage, deps: ContextDeps) {
    this.#deps = deps;
    this.#startedAt = deps.now().getTime();
    this.requestId = acceptRequestId(headers['x-request-id']) ?? deps.newId();
    this.traceId = readTraceId(headers['x-amzn-trace-id']);
  }

  /** A logger that carries the request's ids, made when it is first needed. */
  get log(): Logger {
    this.#log ??= this.#deps.log.child(this.#ids());
    return this.#log;
  }

  /** Notes that the answer goes on for as long as somebody listens: how long is nothing to be measured by. */
  startStream(): void {
    this.#streamedAfterMs = this.#deps.now().getTime() - this.#startedAt;
  }

  /** Counts the request and logs its line; health checks at debug level, for a balancer asks all day long. */
  conclude(method: string, path: string, response: ServerResponse): void {
    const ms = this.#deps.now().getTime() - this.#startedAt;
    const health = isHealthCheck(path);
    if (!health)
      this.#deps.metrics.countRequest(this.route, response.statusCode, this.#streamedAfterMs ?? ms);
    this.#deps.log[health ? 'debug' : 'info'](
      {
        ...this.#ids(),
        method,
        path: path.length > 512 ? path.slice(0, 512) : path,
        status: response.statusCode,
        ms,
        ...(!response.writableFinished && { aborted: true }),
      },
      'request',
    );
  }

  #ids(): { requestId: string; traceId?: string } {
    const { requestId, traceId } = this;
    return traceId === undefined ? { requestId } : { requestId, traceId };
  }
}

/** Gives the response its context and has it concluded when the answer is over. */
export function openContext(
  request: IncomingMessage,
  response: ServerResponse,
  deps: ContextDeps,
): RequestContext {
  const context = new RequestContext(request, deps);
  const [method, path] = [request.method ?? '', pathOf(request.url ?? '')];
  (response as { [key]?: RequestContext })[key] = context;
  response.once('close', () => context.conclude(method, path, response));
  return context;
}

/** Returns the context of the request that is being answered. */
export function contextOf(response: ServerResponse): RequestContext {
  return (response as { [key]?: RequestContext })[key]!;
}

/**
 * Returns the root of an X-Amzn-Trace-Id header, which all hops of a call share, if it is well-formed.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-request-tracing.html
 */
export function readTraceId(header: string | string[] | undefined): string | undefined {
  if (header === undefined) return undefined;
  return /(?:^|;)\s*Root=([\w-]{1,64})(?:;|$)/.exec(String(header))?.[1];
}

function acceptRequestId(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' && /^[\w.-]{1,64}$/.test(header) ? header : undefined;
}

function pathOf(url: string): string {
  const query = url.indexOf('?');
  return query === -1 ? url : url.slice(0, query);
}
