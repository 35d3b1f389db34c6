import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Express } from 'express';
import type { OpenApi } from '../openapi.ts';
import type { Known } from './call.ts';
import { readDeclaration } from './declaration.ts';
import { createRawClient, type RawClient } from './raw-request.ts';

/** What the suites that try every route need beside the app. */
export type TryOptions = {
  /** Returns the Authorization header of somebody who may do everything. */
  readonly authorization?: () => Promise<string>;
  /** Values for parameters by their names, such as the id of something that exists. */
  readonly known?: Known;
  /** How many calls each route gets. */
  readonly runs?: number;
  /** The calls are the same at each run of the tests, unless this says otherwise. */
  readonly seed?: number;
};

/** An app that listens, and its document as it serves it. */
export type LiveApp = AsyncDisposable & {
  readonly app: Express;
  readonly path: string;
  readonly document: OpenApi;
  readonly client: RawClient;
};

export async function startApp(
  serviceFolder: string,
  create: () => Express | Promise<Express>,
): Promise<LiveApp> {
  const app = await create();
  const server = createServer({ keepAliveTimeout: 0 }, app); // a busy test must not lose a connection meanwhile
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await promise;
  const client = createRawClient((server.address() as AddressInfo).port);
  const { path } = readDeclaration(serviceFolder);
  const { text } = await client.send({ method: 'GET', path: `${path}/openapi.json` });
  return {
    app,
    path,
    document: JSON.parse(text),
    client,
    [Symbol.asyncDispose]: async () => {
      client[Symbol.dispose]();
      server.closeAllConnections();
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      await closed.promise;
    },
  };
}
