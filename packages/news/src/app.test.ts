import { describe, expect, test } from '@jest/globals';
import { createCallers } from '@slipway/service-kit';
import { createTestKit, describeApp, testCallers } from '@slipway/service-kit/testing';
import type { Express } from 'express';
import request from 'supertest';
import { createApp } from './app.ts';
import { createMemoryArticleStore } from './memory-article-store.ts';

const folder = `${import.meta.dirname}/..`;
const { callers, bearerOf } = await testCallers({ now: () => new Date('2030-01-01') });
const editor = await bearerOf({ id: 'user-1', name: 'Ada', roles: ['editor'] });
const reader = await bearerOf({ id: 'user-2', name: 'Ben' });
const create = () => createApp({ ...createTestKit(folder), articles: createMemoryArticleStore(), callers });
const article = {
  title: 'Launch',
  summary: 'The ship left the slipway.',
  body: 'It was raining.\n\nNobody minded.',
  category: 'harbour',
  tags: ['ships'],
};

describeApp(folder, create);

describe('editors', () => {
  test('publish an article, which is then in the lists and can be read', async () => {
    const app = create();
    const { body, headers } = await publish(app, { ...article, tags: ['Ships', 'launch'] }).expect(201);
    expect(body).toMatchObject({
      ...article,
      tags: ['launch', 'ships'],
      author: { sub: 'user-1', name: 'Ada' },
      publishAt: expect.stringMatching(/^2030-01-01T/),
      version: 1,
    });
    const { body: text, ...headline } = body;
    expect(text).toBe(article.body);
    for (const filter of ['', '?category=harbour', '?tag=ships', '?tag=SHIPS&category=harbour']) {
      await request(app)
        .get(`/news/articles${filter}`)
        .expect(200, { items: [headline] });
    }
    await request(app).get(headers.location!).expect(200, body).expect('ETag', '"1"');
    await request(app)
      .get('/news/categories')
      .expect(200, { categories: ['harbour'] });
  });

  test.each([
    ['nobody who is signed in', undefined, 401],
    ['somebody without the role', reader, 403],
    ['somebody with a token that is none', 'Bearer x', 401],
  ])('are not %s', async (_, authorization, status) => {
    const app = create();
    const headers = authorization === undefined ? {} : { Authorization: authorization };
    await request(app).post('/news/articles').set(headers).send(article).expect(status);
    const { body } = await publish(app, article);
    const path = `/news/articles/${body.id}`;
    await request(app).patch(path).set(headers).set('If-Match', '*').send({ title: 'Mine' }).expect(status);
    await request(app).delete(path).set(headers).set('If-Match', '*').expect(status);
    await request(app).get('/news/scheduled').set(headers).expect(status);
    await request(app).get(path).expect(200, body);
  });

  test('change what they have read, and not what somebody else has changed meanwhile', async () => {
    const app = create();
    const { body } = await publish(app, article);
    const path = `/news/articles/${body.id}`;
    const change = (ifMatch: string | undefined, sent: object) =>
      request(app)
        .patch(path)
        .set('Authorization', editor)
        .set(ifMatch === undefined ? {} : { 'If-Match': ifMatch })
        .send(sent);
    await change(undefined, { title: 'Feast' }).expect(428);
    const changed = await change('"1"', { title: 'Feast', tags: ['music'] }).expect(200);
    expect(changed.headers.etag).toBe('"2"');
    expect(changed.body).toMatchObject({ title: 'Feast', summary: article.summary, version: 2 });
    await change('"1"', { title: 'Late' }).expect(412);
    await change('"2"', {}).expect(400);
    await change('"2"', { publishAt: '2031-01-01T00:00:00Z' }).expect(409);
    await request(app).get(path).expect(200, changed.body);
    await request(app).get('/news/articles?tag=ships').expect(200, { items: [] });
  });

  test('withdraw what they have read', async () => {
    const app = create();
    const { body } = await publish(app, article);
    const withdraw = () => request(app).delete(`/news/articles/${body.id}`).set('Authorization', editor);
    await withdraw().expect(428);
    await withdraw().set('If-Match', '"2"').expect(412);
    await withdraw().set('If-Match', '"1"').expect(204);
    await withdraw().set('If-Match', '"1"').expect(404);
    await request(app).get(`/news/articles/${body.id}`).expect(404);
    await request(app).get('/news/articles').expect(200, { items: [] });
  });

  test('schedule an article, which only they see until its time, and may move', async () => {
    const articles = createMemoryArticleStore();
    let now = new Date('2030-01-01T00:00:00Z');
    const app = createApp({ ...createTestKit(folder), now: () => now, articles, callers });
    const { body } = await publish(app, { ...article, publishAt: '2030-01-02T00:00:00Z' }).expect(201);
    const path = `/news/articles/${body.id}`;
    const hidden = async () => {
      await request(app).get('/news/articles').expect(200, { items: [] });
      await request(app).get('/news/articles?to=2035-01-01').expect(200, { items: [] });
      await request(app).get(path).expect(404);
      await request(app).get(path).set('Authorization', reader).expect(404);
      await request(app).get(path).set('Accept', 'text/html').expect(404, /<html/);
      expect((await request(app).get('/news/')).text).not.toContain('Launch');
    };
    await hidden();
    await request(app).get('/news/categories').expect(200, { categories: [] });
    await request(app).get(path).set('Authorization', editor).expect(200, body);
    const scheduled = () => request(app).get('/news/scheduled').set('Authorization', editor);
    expect((await scheduled().expect(200)).body.items).toMatchObject([{ id: body.id }]);

    const moved = { publishAt: '2030-01-03T00:00:00Z' };
    await request(app)
      .patch(path)
      .set('Authorization', editor)
      .set('If-Match', '"1"')
      .send(moved)
      .expect(200);
    now = new Date('2030-01-02T23:59:59.999Z');
    await hidden();
    now = new Date('2030-01-03T00:00:00Z');
    await request(app).get(path).expect(200);
    expect((await request(app).get('/news/articles')).body.items).toHaveLength(1);
    await scheduled().expect(200, { items: [] });
  });

  test.each([
    ['no title', { ...article, title: ' ' }, 'title'],
    ['a field that articles do not have', { ...article, id: 'mine' }, ''],
    ['a category with a slash', { ...article, category: 'a/b' }, 'category'],
  ])('are told what is wrong with an article with %s', async (_, sent, path) => {
    const { body } = await publish(create(), sent).expect(400);
    expect(body).toMatchObject({ status: 400, errors: [{ path, message: expect.any(String) }] });
  });

  test('get no further than fifty categories', async () => {
    const app = create();
    for (let count = 1; count <= 50; count++) await publish(app, { ...article, category: `c${count}` });
    const { body } = await publish(app, { ...article, category: 'one-more' }).expect(409);
    expect(body.detail).toBe('There are 50 categories already: use one of them.');
  });
});

describe('readers', () => {
  test('page through the list by its cursors', async () => {
    const app = create();
    for (const title of ['a', 'b', 'c']) await publish(app, { ...article, title });
    const first = await request(app).get('/news/articles?limit=2').expect(200);
    expect(first.body.items.map(titleOf)).toEqual(['c', 'b']);
    const second = await request(app).get(`/news/articles?limit=2&cursor=${first.body.next}`).expect(200);
    expect(second.body.items.map(titleOf)).toEqual(['a']);
    expect(second.body).not.toHaveProperty('next');
  });

  test('search by time', async () => {
    const app = create();
    for (const month of ['01', '02', '03']) {
      await publish(app, { ...article, title: month, publishAt: `2029-${month}-15T00:00:00Z` });
    }
    const found = async (span: string) =>
      (await request(app).get(`/news/articles?${span}`)).body.items.map(titleOf);
    expect(await found('from=2029-02-15')).toEqual(['03', '02']);
    expect(await found('to=2029-02-15')).toEqual(['01']);
    expect(await found('from=2029-02-01T00:00:00%2B09:00&to=2029-03-01')).toEqual(['02']);
  });

  test('that know a list are told so', async () => {
    const app = create();
    await publish(app, article);
    const { headers } = await request(app).get('/news/articles').expect(200);
    await request(app).get('/news/articles').set('If-None-Match', headers.etag!).expect(304);
  });

  test.each([
    'limit=0',
    'limit=101',
    'limit=many',
    'cursor=bm90IGEgY3Vyc29y',
    'from=yesterday',
    'category=a/b',
    'colour=red',
  ])('are refused with ?%s', async query => {
    await request(create()).get(`/news/articles?${query}`).expect(400);
  });

  test('read on while user is away, and writers are asked to come again', async () => {
    const world = { ...createTestKit(folder), fetch: () => Promise.reject(new Error('user is away')) };
    const away = createCallers('http://127.0.0.1:1/users', world);
    const app = createApp({ ...world, articles: createMemoryArticleStore(), callers: away });
    const refused = await request(app).post('/news/articles').set('Authorization', editor).send(article);
    expect(refused.status).toBe(503);
    expect(refused.headers['retry-after']).toBe('5');
    await request(app).get('/news/articles').expect(200, { items: [] });
    await request(app).get('/news/').expect(200);
  });
});

function publish(app: Express, sent: object) {
  return request(app).post('/news/articles').set('Authorization', editor).send(sent);
}

function titleOf({ title }: { title: string }): string {
  return title;
}
