import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describeBug } from './command.ts';
import { ConfigError, type Environment, type ServiceConfig } from './config.ts';
import { type DrainOutcome, watchForDrain } from './drain.ts';
import type { Kit } from './kit.ts';
import type { Logger } from './logger.ts';
import { refuseConnection } from './refused-connection.ts';

/** Longer than the balancer's idle timeout of 60 s, so that it never reuses a connection that we close. */
const keepAliveTimeoutMs = 65_000;
const headersTimeoutMs = 70_000;

export type ServeOptions = Pick<ServiceConfig, 'host' | 'port' | 'drainQuietMs' | 'drainLimitMs'>;

/** How often metrics are written. */
const flushMs = 10_000;

/** A server that listens. */
export type Serving = {
  readonly host: string;
  readonly port: number;
  readonly log: Logger;
  /** Drains and closes; returns how that went. */
  readonly stop: () => Promise<DrainOutcome>;
};

/** Listens on `host:port` only and returns when it does. Throws ConfigError if that address cannot be had. */
export async function serve(app: RequestListener, kit: Kit, options: ServeOptions): Promise<Serving> {
  const { host, port } = options;
  const { log, metrics } = kit;
  const server = createServer(
    { keepAliveTimeout: keepAliveTimeoutMs, headersTimeout: headersTimeoutMs },
    app,
  );
  server.on('clientError', (error, socket) => {
    const requestId = kit.newId();
    const status = refuseConnection(error, socket, requestId);
    if (status !== undefined) log.info({ requestId, status, err: error.message }, 'no request');
  });
  const drain = watchForDrain(server, { quietMs: options.drainQuietMs, limitMs: options.drainLimitMs });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject).listen({ host, port }, resolve);
  await promise.catch(error => {
    throw new ConfigError(`Cannot listen on ${host}:${port}: ${describeListenError(error)}.`, {
      cause: error,
    });
  });
  const bound = server.address() as AddressInfo;
  const flushing = setInterval(metrics.flush, flushMs).unref();
  log.info({ host: bound.address, port: bound.port }, 'listening');

  return {
    host: bound.address,
    port: bound.port,
    log,
    stop: async () => {
      log.info('draining');
      kit.startDraining();
      const outcome = await drain.start();
      clearInterval(flushing);
      metrics.flush();
      if (outcome.cut > 0) log.warn(outcome, 'requests were cut off at the drain limit');
      log.info('stopped');
      return outcome;
    },
  };
}

/** What `run` needs of the process. */
export type HostProcess = {
  readonly env: Environment;
  readonly stderr: { write(text: string): unknown };
  on(event: 'SIGTERM' | 'SIGINT', listener: () => void): unknown;
  on(event: 'uncaughtException' | 'unhandledRejection', listener: (error: unknown) => void): unknown;
  exit(code: number): void;
};

/**
 * Runs a service for the life of its process: starts it, drains it at SIGTERM or SIGINT and exits with 0. An error that
 * nobody caught is logged, and the process drains and exits with 1: another one is started that has not been through
 * it. What keeps it from starting is said in one sentence where the configuration is at fault, and exits with 1.
 */
export function run(host: HostProcess, start: (env: Environment) => Promise<Serving>): void {
  liveAndDrain(host, start).then(
    ended => host.exit(ended === 'asked' ? 0 : 1),
    error => {
      host.stderr.write(`${error instanceof ConfigError ? error.message : describeBug(error)}\n`);
      host.exit(1);
    },
  );
}

type End = 'asked' | 'broken';

async function liveAndDrain(host: HostProcess, start: (env: Environment) => Promise<Serving>): Promise<End> {
  const { promise: ended, resolve: end } = Promise.withResolvers<End>();
  const { promise: failed, reject: fail } = Promise.withResolvers<never>();
  let log: Logger | undefined;
  const noteBug = (error: unknown) => {
    log?.fatal({ err: error }, 'an error that nobody caught');
    fail(error);
    end('broken');
  };
  host.on('SIGTERM', () => end('asked'));
  host.on('SIGINT', () => end('asked'));
  host.on('uncaughtException', noteBug);
  host.on('unhandledRejection', noteBug);

  const serving = await Promise.race([start(host.env), failed]);
  failed.catch(() => {}); // from now on it drains
  log = serving.log;
  const how = await ended;
  await serving.stop();
  return how;
}

function describeListenError(error: NodeJS.ErrnoException): string {
  if (error.code === 'EADDRINUSE') return 'something else listens there already';
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND') return 'this machine has no such address';
  if (error.code === 'EACCES') return 'this user may not use that port';
  return error.message;
}
