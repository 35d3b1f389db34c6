import { beforeEach, describe, expect, test } from '@jest/globals';
import { createTestKit, testCallers } from '@slipway/service-kit/testing';
import type { Express } from 'express';
import request from 'supertest';
import { createApp } from '../app.ts';
import { comment } from '../comments/comment.ts';
import { createMemoryCommentStore } from '../comments/comment-store.ts';
import { type Post, publish } from '../posts/post.ts';
import { createMemoryPostStore } from '../posts/post-store.ts';
import type { Stores } from '../stores.ts';

const hostile = '"><img src=x onerror=alert(1)><script>';

let app: Express;
let stores: Stores;
let ids = 0;

beforeEach(async () => {
  const kit = createTestKit(`${import.meta.dirname}/../..`);
  const { callers } = await testCallers(kit);
  stores = { posts: createMemoryPostStore(), comments: createMemoryCommentStore() };
  app = createApp({ ...kit, ...stores, callers });
});

describe('the page of posts', () => {
  test('lists ten, the newest first, and leads to the older ones', async () => {
    for (let count = 1; count <= 12; count++) await addPost({ title: `Post ${count}.` });
    const { text } = await show('/blog/');
    expect(headings(text)).toEqual([12, 11, 10, 9, 8, 7, 6, 5, 4, 3].map(count => `Post ${count}.`));
    const [, older] = /href="([^"]*after=[^"]*)"/.exec(text)!;
    const rest = await show(older!.replaceAll('&amp;', '&'));
    expect(headings(rest.text)).toEqual(['Post 2.', 'Post 1.']);
    expect(rest.text).toContain('Newest posts');
    expect(rest.text).not.toContain('Older posts');
  });

  test('of one author says whose they are', async () => {
    await addPost({ title: 'Mine', name: 'Ada' });
    await addPost({ title: 'Not mine', name: 'Bob' });
    const { text } = await show('/blog/?author=id-of-Ada');
    expect(headings(text)).toEqual(['Mine']);
    expect(text).toContain('What Ada writes');
  });

  test('speaks Chinese to who asks for it, and its links go on so', async () => {
    const post = await addPost({});
    await show('/blog/', { 'Accept-Language': 'zh-CN' }).expect(200, /大家写的文章/);
    await show('/blog/?lang=zh').expect(200, new RegExp(`href="/blog/posts/${post.id}\\?lang=zh"`));
  });

  test('keeps what people write text', async () => {
    await addPost({ title: hostile, body: hostile, name: hostile });
    expect((await show('/blog/')).text).not.toMatch(/<img src=x|<script>/);
  });

  test('answers a cursor that is none with a page that says so', async () => {
    await show('/blog/?after=x').expect(400, /<html/);
  });
});

describe('the page of a post', () => {
  test('can be read without script: title, text, author, comments', async () => {
    const post = await addPost({ title: 'Fair Winds', body: '# One\n\nSome *words*.', name: 'Ada' });
    await say(post, { body: '# Two\n\n`Well` said.', name: 'Bob' });
    const { text } = await show(`/blog/posts/${post.id}`);
    expect(text).toContain('<h1 class="h2 mb-1">Fair Winds</h1>');
    expect(text).toContain('By Ada');
    expect(text).toContain('<h2>One</h2>\n<p>Some <em>words</em>.</p>');
    expect(text).toContain('>Bob</h3>');
    expect(text).toContain('<h4>Two</h4>\n<p><code>Well</code> said.</p>');
  });

  test('shows twenty comments from the end that the reader likes, and leads to the others', async () => {
    const post = await addPost({});
    for (let count = 1; count <= 22; count++) await say(post, { body: `Comment ${count}.` });
    const first = await show(`/blog/posts/${post.id}`);
    expect(said(first.text)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
    const [, more] = /href="([^"]*after=[^"#]*)#comments"/.exec(first.text)!;
    expect(said((await show(more!.replaceAll('&amp;', '&'))).text)).toEqual([21, 22]);
    expect(said((await show(`/blog/posts/${post.id}?order=newest`)).text).slice(0, 2)).toEqual([22, 21]);
  });

  test('keeps what people write text', async () => {
    const post = await addPost({ title: hostile, body: hostile, name: hostile });
    await say(post, { body: hostile, name: hostile });
    const { text } = await show(`/blog/posts/${post.id}`);
    expect(text).not.toMatch(/<img src=x|<script>/);
  });

  test.each(['no-such-post', 'NO', '%00', '..%2f', '__proto__'])(
    '%s is a page that says it is not there',
    async id => {
      await show(`/blog/posts/${id}`).expect(404, /<html/);
    },
  );
});

async function addPost({ title = 'A post', body = 'Words.', name = 'Ada' }): Promise<Post> {
  const post = publish(
    { title, body, excerpt: body },
    { id: `id-of-${name}`, name },
    nextId(),
    new Date(ids * 1000),
  );
  await stores.posts.add(post);
  return post;
}
async function say(post: Post, { body, name = 'Bob' }: { body: string; name?: string }): Promise<void> {
  const author = { id: `id-of-${name}`, name };
  await stores.comments.add(comment(post, { body }, author, nextId(), new Date(ids * 1000)));
}
function nextId(): string {
  return `00000000-0000-4000-8000-${(ids++).toString(16).padStart(12, '0')}`;
}
function show(address: string, headers: Record<string, string> = {}) {
  return request(app)
    .get(address)
    .set({ Accept: 'text/html', ...headers });
}
function headings(text: string): string[] {
  return [...text.matchAll(/<h2 class="h4[^"]*"><a [^>]*>([^<]*)<\/a>/g)].map(([, title]) => title!);
}
function said(text: string): number[] {
  return [...text.matchAll(/Comment (\d+)\./g)].map(([, count]) => Number(count));
}

describe('the page for writing', () => {
  test('has what a post needs, each with its label, hidden from who cannot write', async () => {
    const { text } = await show('/blog/write');
    for (const [, name] of text.matchAll(/<label [^>]*for="([^"]*)"/g))
      expect(text).toContain(` id="${name}"`);
    expect(text).toMatch(/<form id="post-form" data-signed-in hidden>/);
    expect(text).toContain('href="/users/?return=%2Fblog%2Fwrite"');
    expect(text).toContain('<noscript>');
  });

  test('holds what was written before, and which version that was', async () => {
    const post = await addPost({ title: '</title>"', body: '\n</textarea><script>' });
    const { text } = await show(`/blog/posts/${post.id}/edit`);
    expect(text).toContain('value="&lt;/title&gt;&quot;"');
    expect(text).toContain('>\n\n&lt;/textarea&gt;&lt;script&gt;</textarea>');
    const [, data] = /<script type="application\/json" id="page-data">(.*?)<\/script>/s.exec(text)!;
    const { headers } = await request(app).get(`/blog/posts/${post.id}`);
    expect(JSON.parse(data!)).toMatchObject({ etag: headers.etag, author: 'id-of-Ada' });
    await show('/blog/posts/no-such-post/edit').expect(404);
  });

  test('and every other one serves the files that it names', async () => {
    const post = await addPost({});
    for (const page of ['/blog/', '/blog/write', `/blog/posts/${post.id}`, `/blog/posts/${post.id}/edit`]) {
      const { text } = await show(page);
      expect(text).not.toContain('btn-outline'); // which nobody can read on a dark screen
      const files = [...text.matchAll(/(?:src|href)="(\/blog\/assets\/[^"]+)"/g)].map(([, file]) => file!);
      expect(files.length).toBeGreaterThan(5);
      for (const file of files) await request(app).get(file).expect(200);
    }
    for (const script of ['blog.js', 'session.js'])
      await request(app).get(`/blog/assets/${script}`).expect(200);
  });
});
