import { beforeEach, describe, expect, test } from '@jest/globals';
import { createTestKit, describeApp, testCallers } from '@slipway/service-kit/testing';
import type { Express } from 'express';
import request from 'supertest';
import { createApp } from './app.ts';
import { whileAvailable } from './available.ts';
import { createMemoryCommentStore } from './comments/comment-store.ts';
import { createMemoryPostStore } from './posts/post-store.ts';

const folder = `${import.meta.dirname}/..`;
const draft = { title: 'Fair Winds', body: 'Some *words*.' };

let app: Express;
let ada: string;
let bob: string;
let signing: Awaited<ReturnType<typeof testCallers>>;

beforeEach(async () => {
  const kit = createTestKit(folder);
  signing = await testCallers(kit);
  const [posts, comments] = [createMemoryPostStore(), createMemoryCommentStore()];
  app = createApp({ ...kit, posts, comments, callers: signing.callers });
  ada = await signing.bearerOf({ id: 'ada-id', name: 'Ada' });
  bob = await signing.bearerOf({ id: 'bob-id', name: 'Bob' });
});

describeApp(folder, () => app);

describe('a post', () => {
  test('is published under the name and the id that the token says, at an address that says its title', async () => {
    const { body, headers } = await publish(ada);
    expect(body).toEqual({
      id: expect.stringMatching(/^fair-winds-[0-9a-f]{12}$/),
      ...draft,
      excerpt: 'Some words.',
      author: { id: 'ada-id', name: 'Ada' },
      publishedAt: expect.stringMatching(/^2030-01-01T/),
      updatedAt: body.publishedAt,
      version: 1,
    });
    expect(headers.location).toBe(`/blog/posts/${body.id}`);
    await read(headers.location!).expect(200, body).expect('ETag', headers.etag!);
  });

  test('needs somebody who is signed in', async () => {
    await request(app)
      .post('/blog/posts')
      .send(draft)
      .expect(401)
      .expect('WWW-Authenticate', /Bearer/);
  });

  test('cannot say who wrote it', async () => {
    const sent = { ...draft, author: { id: 'bob-id', name: 'Bob' } };
    await request(app).post('/blog/posts').set('Authorization', ada).send(sent).expect(400);
  });

  test.each([
    ['no title', { ...draft, title: ' ' }, 'title'],
    ['a title of two lines', { ...draft, title: 'a\nb' }, 'title'],
    ['a body that is too long', { ...draft, body: 'x'.repeat(20_001) }, 'body'],
    ['nothing to read', { ...draft, body: '\n' }, 'body'],
    ['half of a character', { ...draft, body: '\ud800' }, 'body'],
    ['quotes too deep in each other', { ...draft, body: '>'.repeat(30) }, 'body'],
    [
      'more cells than it has words',
      { ...draft, body: `${'|a'.repeat(999)}|\n${'|-'.repeat(999)}|\n${'|\n'.repeat(99)}` },
      'body',
    ],
  ])('with %s is refused with what is wrong', async (_, sent, path) => {
    const { body } = await request(app).post('/blog/posts').set('Authorization', ada).send(sent).expect(400);
    expect(body.errors).toEqual([{ path, message: expect.any(String) }]);
  });

  test('as long as a post may be fits, in any script', async () => {
    await publish(ada, { title: '题', body: '字'.repeat(20_000) });
  });

  test('is changed by its author who says which version, and keeps its address', async () => {
    const { body: post, headers } = await publish(ada);
    const changed = await change(post.id, ada, headers.etag!).expect(200);
    expect(changed.body).toMatchObject({ id: post.id, title: 'Foul Winds', version: 2 });
    expect(changed.body.publishedAt).toBe(post.publishedAt);
    expect(changed.body.updatedAt > post.updatedAt).toBe(true);
    await read(`/blog/posts/${post.id}`).expect(200, changed.body).expect('ETag', changed.headers.etag!);
    await change(post.id, ada, headers.etag!).expect(412);
  });

  test('is not changed blindly, by others or when it is not there', async () => {
    const { body: post, headers } = await publish(ada);
    await change(post.id, ada).expect(428);
    await change(post.id, bob, headers.etag!).expect(403);
    await change('no-such-post', ada, headers.etag!).expect(404);
    await read(`/blog/posts/${post.id}`).expect(200, post);
  });

  test('is deleted by its author only, and with it whatever was said about it', async () => {
    const { body: post, headers } = await publish(ada);
    const { headers: said } = await say(post.id, bob).expect(201);
    await remove(`/blog/posts/${post.id}`, bob).expect(403);
    await remove(`/blog/posts/${post.id}`, ada).set('If-Match', '"another"').expect(412);
    await remove(`/blog/posts/${post.id}`, ada).set('If-Match', headers.etag!).expect(204);
    for (const gone of [`/blog/posts/${post.id}`, `/blog/posts/${post.id}/comments`, said.location!]) {
      await read(gone).expect(404);
    }
    await say(post.id, bob).expect(404);
    await remove(said.location!, bob).expect(404);
    await read('/blog/posts').expect(200, { items: [] });
  });

  test('that the reader knows already is not sent again', async () => {
    const { body: post, headers } = await publish(ada);
    await read(`/blog/posts/${post.id}`).set('If-None-Match', headers.etag!).expect(304);
  });
});

describe('the posts', () => {
  test('are listed page by page, of everybody or of one author', async () => {
    for (const [bearer, title] of [
      [ada, 'One'],
      [bob, 'Two'],
      [ada, 'Three'],
    ] as const) {
      await publish(bearer, { ...draft, title });
    }
    expect(await titles('/blog/posts?limit=2')).toEqual([['Three', 'Two'], ['One']]);
    expect(await titles('/blog/posts?limit=1&author=ada-id')).toEqual([['Three'], ['One']]);
    expect(await titles('/blog/posts?author=nobody')).toEqual([[]]);
  });

  test.each(['limit=0', 'limit=101', 'limit=x', 'after=x', 'after=', 'author=', 'other=1'])(
    'are not listed by %s',
    async query => {
      await read(`/blog/posts?${query}`).expect(400);
    },
  );

  test('show no texts in their list, which may be long', async () => {
    await publish(ada);
    const { body } = await read('/blog/posts').expect(200);
    expect(Object.keys(body.items[0])).not.toContain('body');
  });
});

describe('a comment', () => {
  let post: string;
  beforeEach(async () => {
    post = (await publish(ada)).body.id;
  });

  test('is written by anybody who is signed in, and read by anybody, the oldest or the newest first', async () => {
    const { body: first, headers } = await say(post, bob, 'First').expect(201);
    const { body: second } = await say(post, ada, 'Second').expect(201);
    expect(first).toEqual({
      id: expect.any(String),
      postId: post,
      author: { id: 'bob-id', name: 'Bob' },
      publishedAt: expect.any(String),
      body: 'First',
    });
    await read(headers.location!).expect(200, first);
    await read(`/blog/posts/${post}/comments`).expect(200, { items: [first, second] });
    await read(`/blog/posts/${post}/comments?order=newest`).expect(200, { items: [second, first] });
    const { body: page } = await read(`/blog/posts/${post}/comments?limit=1`).expect(200);
    const rest = await read(`/blog/posts/${post}/comments?limit=1&after=${page.next}`).expect(200);
    expect([...page.items, ...rest.body.items]).toEqual([first, second]);
  });

  test('needs a token, a text and a post', async () => {
    await request(app).post(`/blog/posts/${post}/comments`).send({ body: 'x' }).expect(401);
    await say(post, bob, '').expect(400);
    await say(post, bob, 'x'.repeat(4001)).expect(400);
    await say('no-such-post', bob).expect(404);
  });

  test("is deleted by its author and by the post's, not by others", async () => {
    const eve = await signing.bearerOf({ id: 'eve-id', name: 'Eve' });
    for (const bearer of [bob, ada]) {
      const { headers } = await say(post, bob).expect(201);
      await remove(headers.location!, eve).expect(403);
      await remove(headers.location!, bearer).expect(204);
      await read(headers.location!).expect(404);
      await remove(headers.location!, bearer).expect(404);
    }
  });
});

describe('a preview', () => {
  test('is what the post will show', async () => {
    const sent = { body: '# Hi\n\n<script>alert(1)</script> [a](javascript:b)' };
    await request(app).post('/blog/preview').set('Authorization', ada).send(sent).expect(200, {
      html: '<h2>Hi</h2>\n<p>&lt;script&gt;alert(1)&lt;/script&gt; [a](javascript:b)</p>\n',
    });
    await request(app).post('/blog/preview').send(sent).expect(401);
  });
});

describe('while the tables are down', () => {
  test('every answer says so and when to try again', async () => {
    const kit = createTestKit(folder);
    const down = () => Promise.reject(Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }));
    const posts = whileAvailable(
      { ...createMemoryPostStore(), get: down, add: down, listNewest: down },
      'posts',
    );
    const downApp = createApp({
      ...kit,
      posts,
      comments: createMemoryCommentStore(),
      callers: signing.callers,
    });
    for (const asked of [
      '/blog/posts',
      '/blog/posts/a',
      '/blog/posts/a/comments',
      '/blog/feed.xml',
      '/blog/readyz',
      '/blog/',
    ]) {
      await request(downApp)
        .get(asked)
        .expect(503)
        .expect('Retry-After', '5')
        .expect('Content-Type', /problem\+json/);
    }
    await request(downApp).post('/blog/posts').set('Authorization', ada).send(draft).expect(503);
    await request(downApp).get('/blog/healthz').expect(200);
  });
});

function publish(bearer: string, sent: object = draft) {
  return request(app).post('/blog/posts').set('Authorization', bearer).send(sent).expect(201);
}
function change(id: string, bearer: string, etag?: string) {
  const asked = request(app).put(`/blog/posts/${id}`).set('Authorization', bearer);
  return (etag === undefined ? asked : asked.set('If-Match', etag)).send({ ...draft, title: 'Foul Winds' });
}
function say(post: string, bearer: string, body = 'Well said.') {
  return request(app).post(`/blog/posts/${post}/comments`).set('Authorization', bearer).send({ body });
}
function remove(address: string, bearer: string) {
  return request(app).delete(address).set('Authorization', bearer);
}
function read(address: string) {
  return request(app).get(address);
}
async function titles(address: string): Promise<string[][]> {
  const pages: string[][] = [];
  for (let after = ''; ; ) {
    const { body } = await read(address + after).expect(200);
    pages.push(body.items.map(({ title }: { title: string }) => title));
    if (body.next === undefined) return pages;
    after = `&after=${body.next}`;
  }
}
