import { describe, expect, test } from '@jest/globals';
import { createTestKit, testCallers } from '@slipway/service-kit/testing';
import request from 'supertest';
import { createApp } from './app.ts';
import type { Article } from './article.ts';
import { createMemoryArticleStore } from './memory-article-store.ts';
import { articleOf } from './testing/stores.ts';

const folder = `${import.meta.dirname}/..`;
const { callers } = await testCallers();
const asBrowser = 'text/html,application/xhtml+xml,*/*;q=0.8';

async function createWith(...articles: Partial<Article>[]) {
  const store = createMemoryArticleStore();
  for (const each of articles) await store.add(articleOf(each));
  return createApp({ ...createTestKit(folder), articles: store, callers });
}

describe('the list', () => {
  test('tells in Chinese what it tells in English', async () => {
    const app = await createWith();
    await request(app)
      .get('/news/')
      .expect(200, /Nothing has been published here yet\./);
    await request(app)
      .get('/news/')
      .set('Accept-Language', 'zh-CN')
      .expect('Content-Language', 'zh')
      .expect(200, /这里还没有发布任何新闻。/);
  });

  test('is paged by links, which keep filter and language', async () => {
    const app = await createWith(
      ...Array.from({ length: 12 }, (_, index) => ({
        title: `Article ${index + 1}.`,
        publishAt: new Date(Date.UTC(2029, 0, 1 + index)).toISOString(),
      })),
      { title: 'Elsewhere.', category: 'town' },
    );
    const { text } = await request(app).get('/news/?category=harbour&lang=zh');
    expect(titlesIn(text)).toEqual(Array.from({ length: 10 }, (_, index) => `Article ${12 - index}.`));
    const older = /rel="next" href="([^"]+)"/.exec(text)![1]!.replaceAll('&amp;', '&');
    expect(older).toMatch(/category=harbour.*lang=zh/);
    const second = await request(app).get(older).expect(200);
    expect(titlesIn(second.text)).toEqual(['Article 2.', 'Article 1.']);
    expect(second.text).not.toContain('rel="next"');
  });

  test('is searched by days, both of which count, and by tag', async () => {
    const app = await createWith(
      { title: 'First.', publishAt: '2029-01-01T00:00:00.000Z', tags: ['rain'] },
      { title: 'Second.', publishAt: '2029-01-02T23:59:59.999Z' },
      { title: 'Third.', publishAt: '2029-01-03T00:00:00.000Z' },
    );
    const titles = async (query: string) => titlesIn((await request(app).get(`/news/?${query}`)).text);
    expect(await titles('from=2029-01-01&to=2029-01-02')).toEqual(['Second.', 'First.']);
    expect(await titles('from=&to=&tag=rain')).toEqual(['First.']);
  });

  test('is the whole list for an address that makes no sense', async () => {
    const app = await createWith({ title: 'Here.' });
    const { text } = await request(app).get('/news/?category=a/b&from=soon&cursor=x&tag=a&tag=b').expect(200);
    expect(titlesIn(text)).toEqual(['Here.']);
  });

  test('shows markup in an article as text', async () => {
    const app = await createWith({ title: '<script>alert(1)</script>', tags: [] });
    const { text } = await request(app).get('/news/');
    expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(text).not.toContain('<script>alert');
  });
});

describe('an article', () => {
  test('has a page of its own, in paragraphs', async () => {
    const article = articleOf({ body: 'It was raining.\n\nNobody <b>minded</b>.' });
    const app = await createWith(article);
    const { text } = await request(app)
      .get(`/news/articles/${article.id}`)
      .set('Accept', asBrowser)
      .expect(200);
    expect(text).toContain('>It was raining.</p>');
    expect(text).toContain('>Nobody &lt;b&gt;minded&lt;/b&gt;.</p>');
    expect(text).toContain('Ada');
  });

  test.each(['5d4a1b1e-0000-4000-8000-000000000000', 'nothing', '__proto__'])(
    'that is not there is a page that says so: %s',
    async id => {
      await request(await createWith())
        .get(`/news/articles/${id}`)
        .set('Accept', asBrowser)
        .expect(404, /no such article/)
        .expect('Content-Type', /html/);
    },
  );
});

test('the desk has a form, and its scripts are there', async () => {
  const app = await createWith();
  for (const path of ['/news/desk', '/news/desk/5d4a1b1e-0000-4000-8000-000000000000']) {
    const { text } = await request(app)
      .get(path)
      .expect(200, /<form id="desk"/);
    for (const [, file] of text.matchAll(/src="(\/news\/assets\/[^"]+)"/g)) {
      await request(app).get(file!).expect(200);
    }
  }
});

function titlesIn(page: string): string[] {
  return [...page.matchAll(/<h2 class="h5 card-title[^>]*><a [^>]*>([^<]+)</g)].map(([, title]) => title!);
}
