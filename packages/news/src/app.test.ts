import { describe, expect, test } from '@jest/globals';
import { createTestKit, describeApp } from '@slipway/service-kit/testing';
import request from 'supertest';
import { createApp } from './app.ts';
import { createMemoryArticleStore } from './article-store.ts';

const folder = `${import.meta.dirname}/..`;
const create = () => createApp({ ...createTestKit(folder), articles: createMemoryArticleStore() });
const article = { title: 'Launch', summary: 'The ship left the slipway.', category: 'harbour' };

describeApp(folder, create);

describe('articles', () => {
  test('a published article is listed and shown on the page', async () => {
    const app = create();
    const { body } = await request(app).post('/news/articles').send(article).expect(201);
    expect(body).toMatchObject({ ...article, publishedAt: expect.stringMatching(/^2030-01-01T/) });
    await request(app)
      .get('/news/articles')
      .expect(200, { articles: [body] });
    await request(app)
      .get('/news/')
      .expect(200, /The ship left the slipway\./);
  });

  test('markup in an article stays text on the page', async () => {
    const app = create();
    await request(app)
      .post('/news/articles')
      .send({ ...article, title: '<script>alert(1)</script>' })
      .expect(201);
    const { text } = await request(app).get('/news/');
    expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(text).not.toContain('<script>alert');
  });

  test.each([
    ['no title', { ...article, title: ' ' }, 'title'],
    ['a field that articles do not have', { ...article, id: 'mine' }, ''],
    ['a category with a slash', { ...article, category: 'a/b' }, 'category'],
  ])('an article with %s is refused with what is wrong', async (_, sent, path) => {
    const { body } = await request(create()).post('/news/articles').send(sent).expect(400);
    expect(body).toMatchObject({ status: 400, errors: [{ path, message: expect.any(String) }] });
  });

  test('a list of more than a hundred articles is refused', async () => {
    await request(create()).get('/news/articles?limit=101').expect(400);
  });
});
