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
  readonly #method: string;
  readonly #path: string;
  #log: Logger | undefined;
  #streamedAfterMs: number | undefined;

  constructor({ headers, method = '', url = '' }: IncomingMessage, deps: ContextDeps) {
    this.#deps = deps;
    this.#method = method;
    this.#path = pathOf(url);
    this.#startedAt = deps.now().getTime();
    this.requestId = acceptRequestId(headers['x-request-id']) ?? deps.newId();
    this.traceId = readTraceId(headers['x-amzn-trace-id']);
  }

  /** A logger that carries the request's ids, made when it is first needed. */
  get log(): Logger {
    const { requestId, traceId } = this;
    this.#log ??= this.#deps.log.child(traceId === undefined ? { requestId } : { requestId, traceId });
    return this.#log;
  }

  /** Notes that the answer goes on for as long as somebody listens: how long is nothing to be measured by. */
  startStream(): void {
    this.#streamedAfterMs = this.#deps.now().getTime() - this.#startedAt;
  }

  /** Counts the request and logs its line; health checks at debug level, for a balancer asks all day long. */
  conclude({ statusCode: status, writableFinished }: ServerResponse): void {
    const { metrics, log, now } = this.#deps;
    const ms = now().getTime() - this.#startedAt;
    const health = isHealthCheck(this.#path);
    if (!health) metrics.countRequest(this.route, status, this.#streamedAfterMs ?? ms);
    const line = {
      requestId: this.requestId,
      traceId: this.traceId,
      method: this.#method,
      path: this.#path,
      status,
      ms,
      aborted: writableFinished ? undefined : true,
    };
    if (health) log.debug(line, 'request');
    else log.info(line, 'request');
  }
}

/** Gives the response its context and has it concluded when the answer is over. */
export function openContext(request: IncomingMessage, response: Answering, deps: ContextDeps): void {
  response[key] = new RequestContext(request, deps);
  response.on('close', conclude);
}

type Answering = ServerResponse & { [key]?: RequestContext };

function conclude(this: Answering): void {
  this[key]!.conclude(this);
}

/** Returns the context of the request that is being answered. */
export function contextOf(response: ServerResponse): RequestContext {
  return (response as Answering)[key]!;
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
  return url.slice(0, Math.min(query === -1 ? url.length : query, 512));
}
