import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Express } from 'express';
import { attacksOn, strangePaths } from './attacks.ts';
import { describeMisfit, listOperations } from './document.ts';
import { type LiveApp, startApp, type TryOptions } from './live-app.ts';

/**
 * That bad input never gets further than the door: every route of the document is sent malformed JSON, wrong types,
 * huge bodies, keys that pollute prototypes, invalid UTF-8 and tricks with paths, and answers as the document says,
 * never with a 5xx.
 */
export function describeFuzz(
  serviceFolder: string,
  create: () => Express | Promise<Express>,
  { authorization, known = {}, runs = 20, seed = 1 }: TryOptions = {},
): void {
  describe('bad input', () => {
    let live: LiveApp;
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => void unhandled.push(reason);
    beforeAll(async () => {
      process.on('unhandledRejection', note);
      live = await startApp(serviceFolder, create);
    });
    afterAll(async () => {
      process.off('unhandledRejection', note);
      await live[Symbol.asyncDispose]();
    });

    test('is answered by every route as the document says, and breaks nothing', async () => {
      const { default: fc } = await import('fast-check');
      const headers: Record<string, string> = authorization ? { Authorization: await authorization() } : {};
      const operations = listOperations(live.document);
      expect(operations.length).toBeGreaterThan(0);
      for (const found of operations) {
        const property = fc.asyncProperty(attacksOn(fc, live.document, found, known), async attack => {
          const sent = { ...attack, headers: { ...headers, ...attack.headers } };
          const misfit = describeMisfit(live.document, found, await live.client.send(sent));
          if (misfit) throw new Error(`The answer to ${sent.method} ${sent.path} does not fit: ${misfit}`);
        });
        await fc.assert(property, { numRuns: runs, seed });
      }
      await expectWell();
    }, 120_000);

    test('in the path finds nothing', async () => {
      for (const path of strangePaths(live.path)) {
        const { status, type, text } = await live.client.send({ method: 'GET', path });
        expect({ path, status: status < 500, stack: /node_modules|\.[jt]s:\d/.test(text) }).toEqual({
          path,
          status: true,
          stack: false,
        });
        if (status >= 400) expect(type).toBe('application/problem+json');
      }
      await expectWell();
    });

    async function expectWell() {
      await expect(live.client.send({ method: 'GET', path: `${live.path}/healthz` })).resolves.toMatchObject({
        status: 200,
      });
      expect(unhandled).toEqual([]);
      expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    }
  });
}
