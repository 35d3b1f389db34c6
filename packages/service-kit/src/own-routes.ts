import type { RequestHandler } from 'express';
import { answerPage } from './answer-page.ts';
import { showDocs } from './docs.ts';
import { etagOf, isKnown } from './etag.ts';
import { healthPathOf } from './health.ts';
import type { Kit } from './kit.ts';
import { describeService } from './openapi.ts';
import { Problem } from './problem.ts';
import { createReadiness } from './readiness.ts';
import { sendContent } from './reply.ts';
import type { ServiceDefinition } from './service.ts';

/** Returns what every service answers, by path. */
export function ownRoutes(kit: Kit, service: ServiceDefinition) {
  const { path, title, routes, page, ready = {} } = service;
  const describe = once(() => describeService({ path, title, routes }));
  const document = once(() => JSON.stringify(describe()));
  const readiness = createReadiness(ready, kit.now, (dependency, err) =>
    kit.log.warn({ err, dependency }, 'not ready'),
  );
  return {
    [healthPathOf(path)]: (_request, response) =>
      sendContent(response, { ...notKept, content: '{"status":"ok"}' }),
    [`${path}/readyz`]: async (_request, response) => {
      const { ready, checks } = await readiness();
      if (!ready) throw new Problem(503, describeUnready(checks), { headers: { 'Retry-After': '5' } });
      sendContent(response, { ...notKept, content: JSON.stringify({ status: 'ok', checks }) });
    },
    [`${path}/json`]: async (request, response) => {
      sendContent(response, {
        ...notKept,
        content: JSON.stringify(await kit.whoAmI(request.socket.localAddress)),
      });
    },
    [path]: answerPage(kit, service, { path: '/', page }),
    [`${path}/docs`]: answerPage(kit, service, {
      path: '/docs',
      page: async ({ language }) => showDocs(path, describe(), language),
    }),
    [`${path}/openapi.json`]: (request, response) => {
      const text = document();
      const etag = etagOf(text);
      const headers = { ETag: etag, 'Cache-Control': 'no-cache' };
      if (isKnown(request, etag)) sendContent(response, { status: 304, headers });
      else sendContent(response, { type: json, content: text, headers });
    },
  } satisfies Record<string, RequestHandler>;
}

const json = 'application/json; charset=utf-8';
const notKept = { type: json, headers: { 'Cache-Control': 'no-store' } };

function describeUnready(checks: Readonly<Record<string, string>>): string {
  const unready = Object.entries(checks).filter(([, state]) => state !== 'ok');
  return `Not ready: ${unready.map(([name, state]) => `${name} (${state})`).join(', ')}.`;
}

function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
