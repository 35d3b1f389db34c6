import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { findBarriers } from '../src/browser/accessibility.ts';
import { chromiumPath, launchChromium } from '../src/browser/chromium.ts';
import { goToByTab, isSideways } from '../src/browser/page.ts';
import { type RunningServices, runServices } from '../src/browser/running-services.ts';
import { addSamples } from '../src/browser/samples.ts';
import { type Visitor, welcome } from '../src/browser/visitor.ts';

jest.setTimeout(120_000); // a busy machine fails no test

const ada = { name: 'Ada', email: 'ada@example.com', password: 'correct horse battery staple' };
const images = join(import.meta.dirname, '../../../docs/images');

const skipped = 'SKIPPED: there is no Chromium here, so no page was looked at (apt-get install chromium).\n';
if (chromiumPath === undefined) process.stderr.write(skipped);
const describeInBrowser = chromiumPath === undefined ? describe.skip : describe;

describeInBrowser('the pages of the four services, in a browser', () => {
  let services: RunningServices;
  let browser: Browser;
  /** Who signs in and writes, and who only looks around. Each has one page open from test to test. */
  let writer: Visitor;
  let stranger: Visitor;
  let page: Page;
  let article: string;
  let post: string;

  beforeAll(async () => {
    [services, browser] = await Promise.all([runServices(), launchChromium()]);
    writer = await welcome(browser, services.origin);
    stranger = await welcome(browser, services.origin);
    page = writer.page;
  });
  afterAll(async () => {
    await browser?.close();
    await services?.[Symbol.asyncDispose]();
  });

  test('somebody registers with the keyboard alone and is back where they came from', async () => {
    await page.goto('/news/');
    await goToByTab(page, page.getByRole('link', { name: 'Sign in' }));
    await page.keyboard.press('Enter');
    const registration = page.getByRole('region', { name: 'Register' });
    await type(registration.getByLabel('Name'), ada.name);
    await type(registration.getByLabel('E-mail address'), ada.email);
    await type(registration.getByLabel('Password'), ada.password);
    await page.keyboard.press('Enter');
    await page.waitForURL('**/news/');
    await page.getByRole('link', { name: 'Ada' }).waitFor();
  });

  test('signs out and in again with the keyboard alone, which every page knows', async () => {
    await services.run('user', 'grant', ada.email, 'editor');
    await goToByTab(page, page.getByRole('button', { name: 'Sign out' }));
    await page.keyboard.press('Enter');
    await goToByTab(page, page.getByRole('link', { name: 'Sign in' }));
    await page.keyboard.press('Enter');
    const signIn = page.getByRole('region', { name: 'Sign in' });
    await type(signIn.getByLabel('E-mail address'), ada.email);
    await type(signIn.getByLabel('Password'), ada.password);
    await goToByTab(page, signIn.getByRole('button', { name: 'Sign in' }));
    await page.keyboard.press('Enter');
    await page.waitForURL('**/news/');
    for (const path of ['/blog/', '/market/', '/users/', '/news/']) {
      await page.goto(path);
      await page.getByRole('link', { name: 'Ada' }).waitFor();
    }
  });

  test('an editor publishes an article and changes it, and a stranger finds it by its tag', async () => {
    await page.getByRole('link', { name: 'Write an article' }).click();
    await page.getByLabel('Title').fill('The ship left the slipway');
    await page.getByLabel('Summary').fill('At noon it was afloat.');
    await page.getByLabel('Text').fill('It was raining.\n\nNobody minded.');
    await page.getByLabel('Category').fill('harbour');
    await page.getByLabel('Tags').fill('ships, launch');
    await page.getByRole('button', { name: 'Publish' }).click();
    await page.waitForURL('**/news/articles/*');
    article = new URL(page.url()).pathname;

    await page.getByRole('link', { name: 'Change this article' }).click();
    await page.getByLabel('Title').fill('The ship is afloat');
    await page.getByRole('button', { name: 'Save the change' }).click();
    await page.waitForURL(`**${article}`);

    const { page: other } = stranger;
    await other.goto('/news/');
    await other.getByRole('link', { name: '#ships' }).click();
    await other.getByRole('link', { name: 'The ship is afloat' }).click();
    await other.getByText('Nobody minded.').waitFor();
    expect(await other.getByRole('link', { name: 'Change this article' }).isVisible()).toBe(false);
  });

  test('somebody who is signed in writes a post and a comment below it', async () => {
    await page.goto('/blog/');
    await page.getByRole('link', { name: 'Write a post' }).click();
    await page.getByLabel('Title').fill('Fair winds');
    await page.getByLabel('Text').fill('# Before noon\n\nThe wind came from the *west*.');
    await page.getByRole('button', { name: 'Publish' }).click();
    await page.waitForURL('**/blog/posts/*');
    post = new URL(page.url()).pathname;
    await page.getByRole('heading', { name: 'Before noon' }).waitFor();
    await page.getByLabel('Your comment').fill('It **turned** at one.');
    await page.getByRole('button', { name: 'Comment' }).click();
    await page.locator('article strong', { hasText: 'turned' }).waitFor();
    await stranger.page.goto(post);
    await stranger.page.locator('article strong', { hasText: 'turned' }).waitFor();
  });

  test('anybody reads the stream of the market, whose prices and candles move', async () => {
    const { page: other } = stranger;
    await other.goto('/market/');
    await other.getByText('Live', { exact: true }).waitFor();
    await other.locator('#chart-text', { hasText: /\d+ candles from/ }).waitFor();
    expect(await other.locator('#chart > *').count()).toBeGreaterThan(10);
    const price = other.locator('[data-price]').first();
    await changes(price);
    await other.getByRole('button', { name: 'Pause' }).click();
    await other.getByText('Paused', { exact: true }).waitFor();
  });

  test.each(['/users/', '/news/', '/market/', '/blog/'])(
    '%s says which task answered, and asks again',
    async path => {
      const { page: other } = stranger;
      await other.goto(path);
      await other.locator('[data-answer=hostname]').evaluate(it => (it.textContent = 'nobody'));
      await other.getByRole('button', { name: 'Refresh' }).click();
      await other.getByText('Answered by 127.0.0.1').waitFor({ state: 'attached' });
      expect(await other.locator('[data-answer=hostname]').textContent()).not.toBe('nobody');
      await other.getByRole('button', { name: 'Details' }).click();
      await other.locator('[data-answer=commit]').waitFor();
    },
  );

  test('a page follows the language and the colours that its reader likes', async () => {
    await using chinese = await welcome(browser, services.origin, { locale: 'zh-CN', colorScheme: 'dark' });
    const { page: other } = chinese;
    await other.goto('/news/');
    expect(await other.locator('html').getAttribute('lang')).toBe('zh-Hans');
    expect(await other.locator('html').getAttribute('data-bs-theme')).toBe('dark');
    await other.getByRole('link', { name: 'English' }).click();
    await other.getByRole('heading', { name: 'News' }).waitFor();
    await other.getByRole('link', { name: 'Blog' }).click();
    await other.getByRole('heading', { name: 'Blog' }).waitFor();
    await other.emulateMedia({ colorScheme: 'light' });
    await other.locator('html[data-bs-theme=light]').waitFor();
    expect(chinese.faults).toEqual([]);
  });

  /** Colours do not depend on the language, nor the language on the colours. */
  const variants = [
    ['en', 'light'],
    ['zh', 'dark'],
  ] as const;
  const ownPages = ['/users/', '/news/', '/news/desk', '/market/', '/blog/', '/blog/write'];
  const strangersPages = ['/users/', '/market/', '/blog/write', '/news/docs', '/users/docs'];
  test.each([
    ...ownPages.map(path => [path, 'a writer', () => path] as const),
    ['an article', 'a writer', () => article] as const,
    ['a post', 'a writer', () => post] as const,
    ...strangersPages.map(path => [path, 'a stranger', () => path] as const),
  ])(
    '%s stands in nobody’s way, light or dark, Chinese or English, large or small: for %s',
    async (_, who, path) => {
      const { page: each } = who === 'a writer' ? writer : stranger;
      for (const [language, colorScheme] of variants) {
        await each.setViewportSize({ width: 1280, height: 900 });
        await each.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        await each.goto(`${path()}?lang=${language}`);
        if (who === 'a writer')
          await each.getByRole('link', { name: ada.name, exact: true }).first().waitFor();
        expect(await findBarriers(each)).toEqual([]);
        await each.setViewportSize({ width: 360, height: 740 });
        expect(await isSideways(each)).toBe(false);
      }
    },
  );

  test('what a page must not do is noticed', async () => {
    await using reader = await welcome(browser, services.origin);
    const headers = { 'content-security-policy': "script-src 'self'" };
    const body = `<!doctype html><title>x</title><img src="http://127.0.0.2:9/x.png"><script>1</script>`;
    await reader.context.route('**/bad', route => route.fulfill({ contentType: 'text/html', headers, body }));
    await reader.page.goto('/bad');
    expect(reader.faults).toContainEqual(expect.stringContaining('asks http://127.0.0.2:9/x.png'));
    expect(reader.faults).toContainEqual(expect.stringContaining('/bad breaks script-src'));
    expect(reader.faults).toContainEqual(expect.stringContaining('/bad says'));
    expect(await findBarriers(reader.page)).toContainEqual(expect.stringMatching(/^image-alt: /));
  });

  test('no page says an error, breaks its security policy or asks another host', () => {
    expect([...writer.faults, ...stranger.faults]).toEqual([]);
  });

  // The files change with each look, so they are made when somebody asks for them: npm run screenshots.
  const testWhenAsked = process.env.SCREENSHOTS === undefined ? test.skip : test;
  testWhenAsked('are shown in the README', async () => {
    await addSamples(page);
    mkdirSync(images, { recursive: true });
    await page.setViewportSize({ width: 1120, height: 760 });
    for (const [path, name, colorScheme] of [
      ['/users/', 'user', 'light'],
      ['/news/', 'news', 'light'],
      ['/market/', 'market', 'dark'],
      ['/blog/', 'blog', 'light'],
    ] as const) {
      await page.emulateMedia({ colorScheme });
      await page.goto(path);
      await page.getByRole('link', { name: ada.name, exact: true }).first().waitFor();
      if (name === 'market') await page.locator('#chart-text', { hasText: /candles from/ }).waitFor();
      await page.screenshot({ path: join(images, `${name}.png`) });
    }
  });

  /** Whoever has the focus next, by the keyboard. */
  async function type(field: ReturnType<Page['locator']>, text: string): Promise<void> {
    await goToByTab(page, field);
    await page.keyboard.type(text);
  }

  async function changes(element: ReturnType<Page['locator']>): Promise<void> {
    const before = await element.textContent();
    await element.and(stranger.page.locator(`:not(:text-is("${before}"))`)).waitFor();
  }
});
