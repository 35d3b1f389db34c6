import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createTestKit } from '@slipway/service-kit/testing';
import request from 'supertest';
import { createTokenIssuer } from './access-token.ts';
import { createApp } from './app.ts';
import { openDynamoStores } from './dynamo-stores.ts';
import { deriveSigningKeys } from './signing-keys.ts';
import { cheapPasswords } from './testing/accounts.ts';

/** Servers in DynamoDB's place that fail in their own ways; each gets the requests and answers or does not. */
const failing: Readonly<Record<string, (server: Server) => void>> = {
  'is gone': server => server.on('connection', socket => socket.destroy()),
  'never answers': () => {},
  'has too much to do': server =>
    server.on('request', (_request, response) => {
      const body = JSON.stringify({ __type: 'com.amazonaws.dynamodb.v20120810#ThrottlingException' });
      response.writeHead(400, { 'Content-Type': 'application/x-amz-json-1.0' }).end(body);
    }),
  'has no such table': server =>
    server.on('request', (_request, response) => {
      const body = JSON.stringify({ __type: 'com.amazonaws.dynamodb.v20120810#ResourceNotFoundException' });
      response.writeHead(400, { 'Content-Type': 'application/x-amz-json-1.0' }).end(body);
    }),
  'fails itself': server =>
    server.on('request', (_request, response) => response.writeHead(500).end('<html>oops</html>')),
};

describe.each(Object.entries(failing))('while the store %s', (_, fail) => {
  const server = createServer();
  const log: string[] = [];
  const kit = createTestKit(`${import.meta.dirname}/..`, log);
  const keys = deriveSigningKeys(['s'.repeat(48)]);
  let app: ReturnType<typeof createApp>;
  let bearer: string;

  beforeAll(async () => {
    fail(server);
    const { promise, resolve } = Promise.withResolvers<void>();
    server.listen(0, '127.0.0.1', resolve);
    await promise;
    const { port } = server.address() as AddressInfo;
    const stores = openDynamoStores(
      { users: 'users', sessions: 'sessions', attempts: 'attempts' },
      {
        endpoint: `http://127.0.0.1:${port}`,
        region: 'local',
        credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
        maxAttempts: 1,
        requestHandler: { connectionTimeout: 200, requestTimeout: 200, throwOnRequestTimeout: true },
      },
    );
    app = createApp({
      ...{ ...kit, stores, keys, passwords: cheapPasswords, random: randomBytes, cookieName: 'refresh' },
    });
    bearer = `Bearer ${await createTokenIssuer(keys, kit.now)({ id: kit.newId(), name: 'Ada', roles: [] })}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  const ada = { email: 'ada@example.org', name: 'Ada', password: 'correct horse battery' };
  const { name: _name, ...credentials } = ada;
  const cookie = `refresh=${'a'.repeat(22)}.${'b'.repeat(43)}`;
  test.each([
    ['registering', () => request(app).post('/users').send(ada)],
    ['signing in', () => request(app).post('/users/sessions').send(credentials)],
    ['refreshing', () => request(app).post('/users/sessions/refresh').set('Cookie', cookie)],
    ['signing out', () => request(app).delete('/users/sessions').set('Cookie', cookie)],
    ['reading an account', () => request(app).get('/users/me').set('Authorization', bearer)],
    ['reading a profile', () => request(app).get('/users/00000000-0000-4000-8000-999999999999')],
    ['the page', () => request(app).get('/users/')],
    ['readiness', () => request(app).get('/users/readyz')],
  ])('%s says when to try again, and nothing of what is wrong', async (_, ask) => {
    const { body, headers } = await ask()
      .expect(503)
      .expect('Content-Type', /problem\+json/);
    expect(headers['retry-after']).toMatch(/^\d+$/);
    expect(headers['set-cookie']).toBeUndefined();
    expect(JSON.stringify(body)).not.toMatch(/dynamo|127\.0\.0\.1|stack|Exception/i);
    expect(log.join('')).not.toMatch(/ada@example|correct horse/);
  });

  test('it is alive, and its keys are there for the others', async () => {
    await request(app).get('/users/healthz').expect(200);
    await request(app).get('/users/.well-known/jwks.json').expect(200);
  });
});
