import { createServer, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One origin on the loopback interface with several services behind it, each at its path, as behind a balancer. */
export type Door = AsyncDisposable & {
  readonly origin: string;
  /** Everything below `path` goes to the service at `url` from now on. */
  readonly lead: (path: string, url: string) => void;
};

export async function openDoor(): Promise<Door> {
  const targets = new Map<string, string>();
  const server = createServer((request, response) => {
    const target = targets.get(/^\/[^/?]*/.exec(request.url ?? '')?.[0] ?? '');
    if (target === undefined) return void response.writeHead(404).end();
    const { method, headers, socket } = request;
    const forwarded = { 'x-forwarded-for': socket.remoteAddress, 'x-forwarded-proto': 'http' };
    const passed = send(
      `${target}${request.url}`,
      { method, headers: { ...headers, ...forwarded } },
      answer => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        response.flushHeaders();
        answer.pipe(response);
      },
    );
    passed.once('error', () => response.headersSent || response.writeHead(502).end());
    response.once('close', () => passed.destroy());
    request.pipe(passed);
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject).listen(0, '127.0.0.1', resolve);
  await promise;
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    lead: (path, url) => void targets.set(path, url),
    [Symbol.asyncDispose]: async () => {
      const { promise: closed, resolve: close } = Promise.withResolvers<void>();
      server.close(() => close());
      server.closeAllConnections();
      await closed;
    },
  };
}
