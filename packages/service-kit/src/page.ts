import { renderAnswer } from './answer.ts';
import { type Html, html } from './html.ts';
import type { Identity } from './identity.ts';
import { defineTexts, htmlLanguages, type Language } from './language.ts';
import { renderNavigation } from './navigation.ts';
import type { Query } from './query.ts';

/** What a service says on its page; the frame around it is the same for all. */
export type Page = {
  readonly title: string;
  /** One sentence under the title. */
  readonly lead: string;
  /** The service's data. */
  readonly content: Html;
  /** Names of files in `public` that the page runs, as modules. */
  readonly scripts?: readonly string[];
  /** Names of style sheets in `public`. */
  readonly styles?: readonly string[];
  /** What the scripts need to know, such as texts: JSON in the element `#page-data`. */
  readonly data?: unknown;
};

export type PageFrame = {
  /** The service's path. */
  readonly path: string;
  /** Where the page itself is, such as `/news/`. */
  readonly at: string;
  readonly page: Page;
  readonly identity: Identity;
  readonly language: Language;
  readonly query: Query;
};

const textsOf = defineTexts({ en: { skip: 'Skip to the content' }, zh: { skip: '跳到正文' } });

/** Returns the whole page: navigation, title, picture, data and which task answered. */
export function renderPage(frame: PageFrame): string {
  const { path, page, language } = frame;
  const assets = `${path}/assets`;
  return html`<!doctype html>
<html lang="${htmlLanguages[language]}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${page.title}</title>
<link rel="icon" href="${assets}/picture.svg" type="image/svg+xml">
<link rel="stylesheet" href="${assets}/bootstrap.min.css">
<link rel="stylesheet" href="${assets}/page.css">
${(page.styles ?? []).map(name => html`<link rel="stylesheet" href="${assets}/${name}">\n`)}<script src="${assets}/theme.js"></script>
<script src="${assets}/bootstrap.bundle.min.js" defer></script>
<script src="${assets}/page.js" type="module"></script>
${(page.scripts ?? []).map(name => html`<script src="${assets}/${name}" type="module"></script>\n`)}</head>
<body>
<a class="visually-hidden-focusable position-absolute z-3 m-2 p-2 bg-body border rounded" href="#content">${textsOf(language).skip}</a>
${renderNavigation(frame)}
<header class="container py-4">
<div class="d-flex align-items-center gap-3">
<img src="${assets}/picture.svg" width="72" height="72" alt="">
<div>
<h1 class="h2 mb-1">${page.title}</h1>
<p class="text-body-secondary mb-0">${page.lead}</p>
</div>
</div>
</header>
<main id="content" class="container pb-4" tabindex="-1">
${page.content}
</main>
<footer class="container pb-5">${renderAnswer(frame)}</footer>
${page.data === undefined ? '' : renderData(page.data)}
</body>
</html>
`.html;
}

/** A block of data, which a browser does not run; nothing in it can end it. */
function renderData(data: unknown): Html {
  const json = JSON.stringify(data).replaceAll('<', '\\u003c');
  return { html: `<script type="application/json" id="page-data">${json}</script>` };
}
