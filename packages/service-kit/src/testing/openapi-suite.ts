import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Express } from 'express';
import { callsOf, requestOf } from './call.ts';
import { describeMisfit, listOperations } from './document.ts';
import { type LiveApp, startApp, type TryOptions } from './live-app.ts';

/** The routes that every service has and no document tells. */
const ownRoutes = ['', '/docs', '/healthz', '/json', '/openapi.json', '/readyz'];

/** That the document of a service tells what it answers, and nothing else. */
export function describeOpenApi(
  serviceFolder: string,
  create: () => Express | Promise<Express>,
  { authorization, known = {}, runs = 10, seed = 1 }: TryOptions = {},
): void {
  describe('the OpenAPI document', () => {
    let live: LiveApp;
    beforeAll(async () => {
      live = await startApp(serviceFolder, create);
    });
    afterAll(async () => {
      await live[Symbol.asyncDispose]();
    });

    test('has exactly the routes that the app answers', () => {
      const told = listOperations(live.document).map(({ method, path }) => `${method} ${path}`);
      const own = ownRoutes.map(path => `get ${live.path}${path}`);
      const pages = (live.app.locals.pages as string[]).map(path => `get ${templateOf(path)}`);
      const untold = new Set([...own, ...pages.filter(page => !told.includes(page))]);
      const routes = [...new Set(listRoutes(live.app))].filter(route => !untold.has(route));
      expect(routes.sort()).toEqual(told.sort());
    });

    test('is whole: every reference leads somewhere, every operation has its own id and says what it does', () => {
      const { document } = live;
      for (const [, section, name] of JSON.stringify(document).matchAll(/"#\/components\/(\w+)\/([^"]+)"/g)) {
        expect(document.components[section!]).toHaveProperty([name!]);
      }
      const operations = listOperations(document).map(({ operation }) => operation);
      expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
      for (const { summary } of operations) expect(summary).toMatch(/^\S.{3,}/);
    });

    test('tells what is answered to calls that it allows', async () => {
      const { default: fc } = await import('fast-check');
      const headers: Record<string, string> = authorization ? { Authorization: await authorization() } : {};
      for (const found of listOperations(live.document)) {
        const property = fc.asyncProperty(callsOf(fc, live.document, found, known), async call => {
          const sent = requestOf(found, { ...call, headers: { ...call.headers, ...headers } });
          const answer = await live.client.send(sent);
          const misfit = describeMisfit(live.document, found, answer);
          if (misfit) throw new Error(`The answer to ${sent.method} ${sent.path} does not fit: ${misfit}`);
        });
        await fc.assert(property, { numRuns: runs, seed });
      }
    }, 120_000);
  });
}

type Layer = {
  readonly route?: { readonly path: string; readonly methods: Readonly<Record<string, boolean>> };
};

/** Returns the routes that Express knows, without those that refuse the other methods of a path. */
function listRoutes(app: Express): string[] {
  const { stack } = app.router as unknown as { stack: readonly Layer[] };
  return stack.flatMap(({ route }) => {
    if (route === undefined || route.methods.connect) return [];
    return Object.keys(route.methods).map(method => `${method} ${templateOf(route.path)}`);
  });
}

function templateOf(path: string): string {
  return path.replace(/:(\w+)/g, '{$1}');
}
