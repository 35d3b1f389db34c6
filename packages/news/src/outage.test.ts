import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { expect, test } from '@jest/globals';
import { createTestKit, testCallers } from '@slipway/service-kit/testing';
import request from 'supertest';
import { createApp } from './app.ts';
import { createDynamoArticleStore } from './dynamo-article-store.ts';
import { createMemoryArticleStore } from './memory-article-store.ts';
import { openNewsTable } from './testing/stores.ts';

const folder = `${import.meta.dirname}/..`;
const { callers, bearerOf } = await testCallers({ now: () => new Date('2030-01-01') });
const sent = { title: 'Launch', summary: 'The ship left.', body: 'It was raining.' };

test('while the table is away whoever asks is told to come again, and it works when it is back', async () => {
  await using table = await openNewsTable();
  const config = { endpoint: 'http://127.0.0.1:1', region: 'local', maxAttempts: 1 };
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const nowhere = DynamoDBDocumentClient.from(new DynamoDBClient({ ...config, credentials }));
  let current = nowhere;
  const client = { send: (command: never) => current.send(command) } as unknown as typeof nowhere;
  const articles = createDynamoArticleStore({ ...table, client });
  const app = createApp({ ...createTestKit(folder), articles, callers });
  const publish = async () => {
    const authorization = await bearerOf({ roles: ['editor'] });
    return request(app).post('/news/articles').set('Authorization', authorization).send(sent);
  };

  for (const path of [
    '/news/articles',
    '/news/articles?tag=a',
    '/news/categories',
    '/news/',
    '/news/readyz',
  ]) {
    const { status, headers, body } = await request(app).get(path);
    expect([path, status, headers['retry-after']]).toEqual([path, 503, '5']);
    expect(body).toMatchObject({ title: 'Service Unavailable', requestId: expect.any(String) });
  }
  expect((await publish()).status).toBe(503);
  await request(app).get('/news/healthz').expect(200);

  current = table.client;
  expect((await publish()).status).toBe(201);
  nowhere.destroy();
});

test('a table that is not there is an outage, a bug is none', async () => {
  await using table = await openNewsTable();
  const ask = async (articles: ReturnType<typeof createMemoryArticleStore>) => {
    const app = createApp({ ...createTestKit(folder), articles, callers });
    return (await request(app).get('/news/articles')).status;
  };
  expect(await ask(createDynamoArticleStore({ ...table, name: 'another' }))).toBe(503);
  const broken = { ...createMemoryArticleStore(), list: () => Promise.reject(new TypeError('a bug')) };
  expect(await ask(broken)).toBe(500);
});
