import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import request from 'supertest';
import * as z from 'zod';
import { type Callers, createCallers } from './callers.ts';
import { html } from './html.ts';
import { type Route, route } from './route.ts';
import { createService } from './service.ts';
import { testCallers } from './testing/callers.ts';
import { createTestKit } from './testing/kit.ts';

const servers: AsyncDisposable[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server[Symbol.asyncDispose]();
});

const now = () => new Date(Date.UTC(2030, 0, 1));
const answers = { 200: { description: 'Who', schema: z.unknown() } };
const routes: Route[] = [
  route({
    method: 'get',
    path: '/me',
    summary: 'Who am I',
    caller: 'required',
    answers,
    handle: ({ caller }) => ({ status: 200, body: caller }),
  }),
  route({
    method: 'get',
    path: '/editor',
    summary: 'Who edits',
    caller: { role: 'editor' },
    answers,
    handle: ({ caller }) => ({ status: 200, body: caller.name }),
  }),
  route({
    method: 'get',
    path: '/anybody',
    summary: 'Who reads',
    caller: 'optional',
    answers,
    handle: ({ caller }) => ({ status: 200, body: caller?.name ?? 'nobody' }),
  }),
];

function ask(callers: Callers, path: string, authorization?: string) {
  const page = async () => ({ title: 'Example', lead: 'Lead.', content: html`` });
  const kit = createTestKit(`${import.meta.dirname}/fixtures/answer-when-told`);
  const app = createService(kit, { path: '/example', title: 'Example', routes, page, callers });
  const asked = request(app).get(`/example${path}`);
  return authorization === undefined ? asked : asked.set('Authorization', authorization);
}

describe('a route that needs a caller', () => {
  test('knows who it is', async () => {
    const { callers, bearerOf } = await testCallers({ now });
    const ada = { id: 'u-1', name: 'Ada', roles: ['editor'] };
    await ask(callers, '/me', await bearerOf(ada))
      .expect(200, ada)
      .expect('Cache-Control', /private/);
    await ask(callers, '/editor', await bearerOf(ada)).expect(200, '"Ada"');
    await ask(callers, '/anybody', await bearerOf(ada)).expect(200, '"Ada"');
  });

  test('is not answered without a token', async () => {
    const { callers } = await testCallers({ now });
    await ask(callers, '/me').expect(401).expect('WWW-Authenticate', 'Bearer realm="slipway"');
    await ask(callers, '/anybody').expect(200, '"nobody"');
  });

  test('is not answered without the role', async () => {
    const { callers, bearerOf } = await testCallers({ now });
    await ask(callers, '/editor', await bearerOf({ roles: ['reader'] }))
      .expect(403)
      .expect('WWW-Authenticate', /insufficient_scope/);
  });

  test('is not answered for a token that is not good', async () => {
    const { callers, tokenOf } = await testCallers({ now });
    const other = await testCallers({ now });
    const good = await tokenOf({});
    const [header, payload] = good.split('.');
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`;
    const bad = [
      `Bearer ${await other.tokenOf({})}`,
      `Bearer ${await tokenOf({}, -60)}`,
      `Bearer ${await tokenOf({ roles: 'editor' as never })}`,
      `Bearer ${header}.${payload}.${'A'.repeat(86)}`,
      `Bearer ${unsigned}`,
      'Bearer x',
      'Bearer',
      'Basic YTpi',
    ];
    for (const authorization of bad) {
      const { body } = await ask(callers, '/anybody', authorization)
        .expect(401)
        .expect('WWW-Authenticate', /error="invalid_token"/);
      expect(body).toMatchObject({ status: 401, detail: expect.any(String) });
    }
  });
});

describe('the keys', () => {
  test('are asked for once and kept, and asked for again for a key that nobody knew', async () => {
    const [one, other] = [await testCallers({ now }), await testCallers({ now })];
    const source = await startKeys();
    source.keys = one.keys;
    let time = now().getTime();
    const callers = createCallers(source.url, { fetch, now: () => new Date(time) });
    await ask(callers, '/me', await one.bearerOf({})).expect(200);
    await ask(callers, '/me', await one.bearerOf({})).expect(200);
    expect(source.asked).toBe(1);

    source.keys = other.keys;
    await ask(callers, '/me', await other.bearerOf({})).expect(401);
    expect(source.asked).toBe(1);
    time += 11_000;
    await ask(callers, '/me', await other.bearerOf({})).expect(200);
    await ask(callers, '/me', await one.bearerOf({})).expect(401);
    expect(source.asked).toBe(2);
  });

  test('that cannot be had make it a 503, which asks to come again, and reading goes on', async () => {
    const { bearerOf, keys } = await testCallers({ now });
    const source = await startKeys();
    let time = now().getTime();
    const callers = createCallers(source.url, { fetch, now: () => new Date(time) });
    await ask(callers, '/me', await bearerOf({}))
      .expect(503)
      .expect('Retry-After', '5');
    await ask(callers, '/anybody', await bearerOf({})).expect(200, '"nobody"');
    await ask(callers, '/me').expect(401);

    source.keys = keys;
    time += 11_000;
    await ask(callers, '/me', await bearerOf({})).expect(200);
    source.keys = undefined;
    time += 6 * 60_000;
    await ask(callers, '/me', await bearerOf({})).expect(200);
  });

  test('without an address nobody can be identified', async () => {
    const { bearerOf } = await testCallers({ now });
    const callers = createCallers(undefined, { fetch, now });
    await ask(callers, '/me', await bearerOf({})).expect(503);
    await ask(callers, '/anybody').expect(200, '"nobody"');
  });
});

/** A user service that has keys, or fails while it has none. */
async function startKeys() {
  const source: { url: string; asked: number; keys: object | undefined } = {
    url: '',
    asked: 0,
    keys: undefined,
  };
  const server = createServer((asked, response) => {
    source.asked += 1;
    const found = asked.url === '/users/.well-known/jwks.json' && source.keys !== undefined;
    response.writeHead(found ? 200 : 500).end(JSON.stringify(source.keys ?? {}));
  });
  servers.push(server);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  source.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/users`;
  return source;
}
