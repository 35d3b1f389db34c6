import { describe, expect, test } from '@jest/globals';
import { createTestKit, describeApp } from '@slipway/service-kit/testing';
import request from 'supertest';
import { createApp } from './app.ts';
import { createMemoryPostStore } from './post-store.ts';

const folder = `${import.meta.dirname}/..`;
const create = () => createApp({ ...createTestKit(folder), posts: createMemoryPostStore() });
const post = { title: 'First', body: 'Hello.\n\nAnd again.', author: 'Ada' };

describeApp(folder, create);

describe('posts', () => {
  test('a published post is listed and shown on the page, paragraph by paragraph', async () => {
    const app = create();
    const { body } = await request(app).post('/blog/posts').send(post).expect(201);
    expect(body).toMatchObject({ ...post, publishedAt: expect.stringMatching(/^2030-01-01T/) });
    await request(app)
      .get('/blog/posts')
      .expect(200, { posts: [body] });
    await request(app)
      .get('/blog/')
      .expect(200, /<p>Hello\.<\/p><p>And again\.<\/p>/);
  });

  test('markup in a post stays text on the page', async () => {
    const app = create();
    const author = '"><img src=x onerror=alert(1)>';
    await request(app)
      .post('/blog/posts')
      .send({ ...post, author })
      .expect(201);
    const { text } = await request(app).get('/blog/');
    expect(text).toContain('&quot;&gt;&lt;img src=x onerror=alert(1)&gt;');
  });

  test.each([
    ['no title', { ...post, title: ' ' }, 'title'],
    ['a body that is too long', { ...post, body: 'x'.repeat(20_001) }, 'body'],
    ['nobody as its author', { ...post, author: '' }, 'author'],
    ['a field that posts do not have', { ...post, id: 'mine' }, ''],
  ])('a post with %s is refused with what is wrong', async (_, sent, path) => {
    const { body } = await request(create()).post('/blog/posts').send(sent).expect(400);
    expect(body).toMatchObject({ status: 400, errors: [{ path, message: expect.any(String) }] });
  });

  test('a list of no posts is refused', async () => {
    await request(create()).get('/blog/posts?limit=0').expect(400);
  });
});
