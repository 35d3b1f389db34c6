import { describe, expect, test } from '@jest/globals';
import request from 'supertest';
import { html } from './html.ts';
import type { Page } from './page.ts';
import { createService, type PageRequest } from './service.ts';
import { createTestKit } from './testing/kit.ts';

const page: Page = { title: 'Things', lead: 'Lead.', content: html`<p>Content.</p>` };

function ask(address: string, read: (asked: PageRequest) => Promise<Page>, path = '/things') {
  const kit = createTestKit(`${import.meta.dirname}/fixtures/things`);
  return request(createService(kit, { path, title: 'Things', routes: [], page: read })).get(address);
}

describe('a page', () => {
  test('hands data to its scripts that cannot end the block that it stands in', async () => {
    const data = { text: '</script><script>alert(1)</script><!--' };
    const { text } = await ask('/things/', async () => ({
      ...page,
      data,
      scripts: ['a.js'],
      styles: ['a.css'],
    }));
    const [, json] = /<script type="application\/json" id="page-data">(.*?)<\/script>/s.exec(text)!;
    expect(JSON.parse(json!)).toEqual(data);
    expect(text).not.toContain('<script>alert');
    expect(text).toContain('<script src="/things/assets/a.js" type="module"></script>');
    expect(text).toContain('<link rel="stylesheet" href="/things/assets/a.css">');
  });

  test('leads to the pages of all services and marks its own, known or not', async () => {
    const read = async () => page;
    const known = await ask('/blog/', read, '/blog');
    for (const sibling of ['users', 'news', 'market', 'blog'])
      expect(known.text).toContain(`href="/${sibling}/">`);
    expect(known.text).toContain('<a class="nav-link active" aria-current="page" href="/blog/">Blog</a>');
    const fifth = await ask('/things/', read);
    expect(fifth.text).toContain('<a class="nav-link active" aria-current="page" href="/things/">Things</a>');
  });

  test('is made for the language and the query of who asks, which the other language keeps', async () => {
    let asked: PageRequest | undefined;
    const { text, headers } = await ask('/things/?after=a%26b&lang=zh', async what => {
      asked = what;
      return page;
    });
    expect(asked).toMatchObject({ language: 'zh', query: { after: 'a&b' } });
    expect(headers).toMatchObject({ 'content-language': 'zh', vary: 'Accept, Accept-Language' });
    expect(text).toContain('href="/things/?after=a%26b&amp;lang=en">English</a>');
    expect(text).toContain('href="/news/?lang=zh">新闻</a>');
  });

  test('can be read with the keyboard alone: it begins with a way past the bar', async () => {
    const { text } = await ask('/things/', async () => page);
    const [, first] = /<body>\s*<a [^>]*href="([^"]+)"/.exec(text)!;
    expect(first).toBe('#content');
    expect(text).toContain('<main id="content" class="container pb-4" tabindex="-1">');
  });
});
