import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestKit, type LocalDynamo, startLocalDynamo } from '@slipway/service-kit/testing';
import request from 'supertest';
import { createApp } from './app.ts';
import { openDynamoStores } from './dynamo-stores.ts';
import { deriveSigningKeys } from './signing-keys.ts';
import { cheapPasswords } from './testing/accounts.ts';

const folder = `${import.meta.dirname}/..`;
const tables = { users: 'users', sessions: 'sessions', attempts: 'attempts' };
const ada = { email: 'ada@example.org', name: 'Ada', password: 'correct horse battery' };
const { name: _, ...credentials } = ada;

let dynamo: LocalDynamo;
let tasks: ReturnType<typeof createApp>[];
beforeAll(async () => {
  dynamo = await startLocalDynamo(folder);
  // Tasks share their tables, secrets and clock, and nothing of their memory.
  const { now } = createTestKit(folder);
  tasks = ['a', 'b'].map(task =>
    createApp({
      ...{ ...createTestKit(folder), now, newId: () => `00000000-0000-4000-8000-00000000000${task}` },
      stores: openDynamoStores(tables, dynamo.clientConfig),
      ...{ passwords: cheapPasswords, random: randomBytes, cookieName: 'refresh' },
      keys: deriveSigningKeys(['s'.repeat(48), 'o'.repeat(48)]),
    }),
  );
});
afterAll(async () => dynamo[Symbol.asyncDispose]());

const both = <Answer>(ask: (app: (typeof tasks)[number], index: number) => PromiseLike<Answer>) =>
  Promise.all(tasks.map((app, index) => ask(app, index)));
const cookieOf = (headers: Record<string, unknown>) =>
  String((headers['set-cookie'] as string[])[0]).split(';')[0]!;

test('of two tasks that register one address at once one does', async () => {
  const answers = await both(app => request(app).post('/users').send(ada));
  expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409]);
});

test('what one task begins, the other goes on with, and asked at once both give the same', async () => {
  const [one, other] = tasks as [(typeof tasks)[number], (typeof tasks)[number]];
  const { headers } = await request(one).post('/users/sessions').send(credentials).expect(201);
  const refreshed = await both(app =>
    request(app).post('/users/sessions/refresh').set('Cookie', cookieOf(headers)).expect(200),
  );
  expect(cookieOf(refreshed[0]!.headers)).toBe(cookieOf(refreshed[1]!.headers));
  const bearer = `Bearer ${refreshed[0]!.body.accessToken}`;
  await request(other).get('/users/me').set('Authorization', bearer).expect(200, refreshed[0]!.body.user);

  await request(other).delete('/users/sessions').set('Cookie', cookieOf(refreshed[0]!.headers)).expect(204);
  await request(one)
    .post('/users/sessions/refresh')
    .set('Cookie', cookieOf(refreshed[0]!.headers))
    .expect(401);
});

test('guesses at both tasks are counted together', async () => {
  const guess = { ...credentials, password: 'wrong' };
  for (let tried = 0; tried < 5; tried++) {
    await both(app => request(app).post('/users/sessions').send(guess).expect(401));
  }
  await both(app => request(app).post('/users/sessions').send(credentials).expect(429));
});
