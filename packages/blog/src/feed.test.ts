import { describe, expect, test } from '@jest/globals';
import { createTestKit, testCallers } from '@slipway/service-kit/testing';
import fc from 'fast-check';
import request from 'supertest';
import { createApp } from './app.ts';
import { createMemoryCommentStore } from './comments/comment-store.ts';
import { renderFeed } from './feed.ts';
import { publish } from './posts/post.ts';
import { createMemoryPostStore } from './posts/post-store.ts';

const aPost = (title: string, name = 'Ada') =>
  publish(
    { title, body: 'Words', excerpt: 'Words' },
    { id: 'a', name },
    '00000000-0000-4000-8000-000000000001',
    new Date(0),
  );

describe('the feed', () => {
  test('has the newest posts, with what means something to XML escaped', () => {
    const feed = renderFeed([aPost('Rock & <Roll>', '"Ada"')]);
    expect(feed).toContain('<title>Rock &amp; &lt;Roll&gt;</title>');
    expect(feed).toContain('<name>&quot;Ada&quot;</name>');
    expect(feed).toContain('href="/blog/posts/rock-roll-000000000001"');
    expect(feed).toContain('<updated>1970-01-01T00:00:00.000Z</updated>');
  });

  test('is XML whatever the titles and names are', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), title => {
        const [, inside = ''] = /<entry>\n<id>[^<]*<\/id>\n<title>(.*?)<\/title>/s.exec(
          renderFeed([aPost(title)]),
        )!;
        expect(inside).toMatch(/^([^<>&"]|&(amp|lt|gt|quot);)*$/);
        expect(inside).toMatch(/^[\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]*$/u);
      }),
    );
  });

  test('is not sent again to who knows it', async () => {
    const kit = createTestKit(`${import.meta.dirname}/..`);
    const { callers } = await testCallers(kit);
    const posts = createMemoryPostStore();
    await posts.add(aPost('One'));
    const app = createApp({ ...kit, posts, comments: createMemoryCommentStore(), callers });
    const { headers } = await request(app)
      .get('/blog/feed.xml')
      .expect(200)
      .expect('Content-Type', 'application/atom+xml');
    await request(app).get('/blog/feed.xml').set('If-None-Match', headers.etag!).expect(304);
    await posts.add(aPost('Two'));
    await request(app).get('/blog/feed.xml').set('If-None-Match', headers.etag!).expect(200);
  });
});
