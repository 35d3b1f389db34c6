import type { Server, ServerResponse } from 'node:http';

/** How a server came to its end: how many requests it had to cut off at the limit. */
export type DrainOutcome = { readonly cut: number };

export type Drain = {
  /** Begins to drain and returns when the server is closed. A second call joins the first. */
  readonly start: () => Promise<DrainOutcome>;
};

/**
 * Watches the server's requests so that it can stop without failing one. A balancer may still send requests
 * after it was told to stop: the server keeps listening and serving, answers `Connection: close`, and closes
 * when nothing has happened for `quietMs`, at the latest `limitMs` after the start.
 */
export function watchForDrain(server: Server, limits: { quietMs: number; limitMs: number }): Drain {
  const inFlight = new Set<ServerResponse>();
  const { promise: closed, resolve: settle } = Promise.withResolvers<DrainOutcome>();
  let draining = false;
  let quiet: NodeJS.Timeout | undefined;

  const restartQuiet = () => {
    clearTimeout(quiet);
    if (draining && inFlight.size === 0) quiet = setTimeout(() => server.close(), limits.quietMs);
  };

  server.prependListener('request', (_request, response: ServerResponse) => {
    inFlight.add(response);
    if (draining) closeAfter(response);
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
