import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createCallers } from '@slipway/service-kit';
import { createTestKit } from '@slipway/service-kit/testing';
import type { Express } from 'express';
import request from 'supertest';
import { createApp } from './app.ts';
import { createMemoryCommentStore } from './comments/comment-store.ts';
import { createMemoryPostStore } from './posts/post-store.ts';

const draft = { title: 'Fair Winds', body: 'Some words.' };
const minutes = 60_000;

/** The user service's keys, at its address as a task is told it, on a real server that can be stopped, and started again on the same port. */
describe('who writes is checked with the keys of the user service', () => {
  let user: UserService;
  let app: Express;
  let clock: number;

  beforeEach(async () => {
    user = createUserService();
    await user.start([aKey('one')]);
    clock = Date.UTC(2030, 0, 1);
    app = createBlog(user.url);
  });
  afterEach(() => user.stop());

  test('once for many, not at every write', async () => {
    for (let count = 0; count < 3; count++) await write(tokenBy(user.keys[0]!)).expect(201);
    expect(user.asked()).toBe(1);
  });

  test('and goes on with the ones at hand while it is down', async () => {
    const key = user.keys[0]!;
    await write(tokenBy(key)).expect(201);
    await user.stop();
    clock += 30 * minutes;
    await write(tokenBy(key)).expect(201);
    await request(app).get('/blog/posts').expect(200);
  });

  test('which are asked for again when a token names a key that is not among them', async () => {
    const [one, two] = [user.keys[0]!, aKey('two')];
    await write(tokenBy(one)).expect(201);
    await user.stop();
    await user.start([one, two]);
    clock += 1 * minutes;
    await write(tokenBy(two)).expect(201);
    await write(tokenBy(one)).expect(201);
  });

  test('and no longer with those that it has taken back', async () => {
    const [one, two] = [user.keys[0]!, aKey('two')];
    await write(tokenBy(one)).expect(201);
    await user.stop();
    await user.start([two]);
    clock += 6 * minutes;
    await write(tokenBy(one)).expect(401);
    await write(tokenBy(two)).expect(201);
  });

  test('and if there are none yet, writes wait while reads go on, until it is back', async () => {
    const key = user.keys[0]!;
    await user.stop();
    await write(tokenBy(key)).expect(503).expect('Retry-After', /^\d+$/);
    await request(app).get('/blog/posts').expect(200, { items: [] });
    await request(app).get('/blog/').expect(200);
    await request(app).get('/blog/readyz').expect(200);
    await user.start([key]);
    clock += 1 * minutes;
    await write(tokenBy(key)).expect(201);
  });

  test('so that nobody writes with a key of his own, an unsigned token or one for somebody else', async () => {
    const key = user.keys[0]!;
    await write(tokenBy(aKey('one'))).expect(401);
    await write(`${tokenBy(key).replace(/[^.]+$/, '')}`).expect(401);
    await write(tokenBy(key, { aud: 'another' })).expect(401);
    await write(tokenBy(key, { iss: 'another' })).expect(401);
    clock += 16 * minutes;
    await write(tokenBy(key, { iat: clock / 1000 - 960, exp: clock / 1000 - 60 })).expect(401);
    await request(app).get('/blog/posts').expect(200, { items: [] });
  });

  test('without whose address nobody can write', async () => {
    app = createBlog(undefined);
    await write(tokenBy(user.keys[0]!)).expect(503).expect('Retry-After', /^\d+$/);
    await request(app).get('/blog/posts').expect(200);
  });

  function createBlog(userUrl: string | undefined): Express {
    const kit = createTestKit(`${import.meta.dirname}/..`);
    const callers = createCallers(userUrl, { fetch, now: () => new Date(clock) });
    return createApp({
      ...kit,
      posts: createMemoryPostStore(),
      comments: createMemoryCommentStore(),
      callers,
    });
  }

  function write(token: string) {
    return request(app).post('/blog/posts').set('Authorization', `Bearer ${token}`).send(draft);
  }

  /** A token as the user service makes it, but for what the test changes. */
  function tokenBy(key: Key, changes: object = {}): string {
    const now = Math.floor(clock / 1000);
    const said = { iss: 'slipway-user', aud: 'slipway', sub: 'ada-id', name: 'Ada', roles: [] };
    const head = encode({ alg: 'EdDSA', kid: key.kid });
    const signed = `${head}.${encode({ ...said, iat: now, exp: now + 900, ...changes })}`;
    return `${signed}.${sign(null, Buffer.from(signed), key.privateKey).toString('base64url')}`;
  }
});

type Key = { readonly kid: string; readonly privateKey: KeyObject; readonly jwk: object };

function aKey(kid: string): Key {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  return { kid, privateKey, jwk: { ...publicKey.export({ format: 'jwk' }), kid, alg: 'EdDSA', use: 'sig' } };
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

type UserService = {
  readonly start: (keys: readonly Key[]) => Promise<void>;
  readonly stop: () => Promise<void>;
  readonly url: string;
  readonly keys: readonly Key[];
  /** How often it was asked for its keys. */
  readonly asked: () => number;
};

function createUserService(): UserService {
  let [port, asked] = [0, 0];
  let server: Server | undefined;
  let keys: readonly Key[] = [];
  return {
    start: async published => {
      keys = published;
      server = createServer(({ url }, response) => {
        asked += 1;
        response.statusCode = url === '/users/.well-known/jwks.json' ? 200 : 404;
        response.end(JSON.stringify({ keys: published.map(({ jwk }) => jwk) }));
      });
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      server.once('error', reject).listen(port, '127.0.0.1', resolve);
      await promise;
      port = (server.address() as AddressInfo).port;
    },
    stop: async () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      if (server === undefined) return;
      server.close(() => resolve());
      server.closeAllConnections();
      server = undefined;
      await promise;
    },
    get url() {
      return `http://127.0.0.1:${port}/users`;
    },
    get keys() {
      return keys;
    },
    asked: () => asked,
  };
}
