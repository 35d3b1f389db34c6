import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { isHealthCheck } from './health.ts';

/** How a server came to its end: how many requests it had to cut off at the limit. */
export type DrainOutcome = { readonly cut: number };

export type Drain = {
  /** Begins to drain and returns when the server is closed. A second call joins the first. */
  readonly start: () => Promise<DrainOutcome>;
};

/**
 * Watches the server's requests so that it can stop without failing one. A balancer may still send requests
 * after it was told to stop: the server keeps listening and serving, answers `Connection: close`, and closes
 * when nothing but health checks has happened for `quietMs`, at the latest `limitMs` after the start.
 */
export function watchForDrain(server: Server, limits: { quietMs: number; limitMs: number }): Drain {
  const inFlight = new Set<ServerResponse>();
  const sockets = new Set<Socket>();
  const { promise: closed, resolve: settle } = Promise.withResolvers<DrainOutcome>();
  let draining = false;
  let quiet: NodeJS.Timeout | undefined;

  /** Node closes connections that were used and are idle; one that never carried anything it would wait for. */
  const close = () => {
    server.close();
    for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
  };
  const restartQuiet = () => {
    clearTimeout(quiet);
    if (draining && inFlight.size === 0) quiet = setTimeout(close, limits.quietMs);
  };

  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
    if (draining) closeAfter(response);
    if (isHealthCheck(request.url)) return;
    inFlight.add(response);
    restartQuiet();
    response.once('close', () => {
      inFlight.delete(response);
      restartQuiet();
    });
  });

  const begin = () => {
    draining = true;
    let cut = 0;
    for (const response of inFlight) closeAfter(response);
    const limit = setTimeout(() => {
      cut = inFlight.size;
      server.close();
      server.closeAllConnections();
    }, limits.limitMs);
    server.once('close', () => {
      clearTimeout(limit);
      clearTimeout(quiet);
      settle({ cut });
    });
    restartQuiet();
  };

  return {
    start: () => {
      if (!draining) begin();
      return closed;
    },
  };
}

function closeAfter(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('Connection', 'close');
}
