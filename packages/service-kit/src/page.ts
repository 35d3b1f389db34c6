import { type Html, html } from './html.ts';
import type { Identity } from './identity.ts';
import { defineTexts, type Language, languages } from './language.ts';
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
  readonly page: Page;
  readonly identity: Identity;
  readonly language: Language;
  readonly query: Query;
};

/** Returns the whole page: navigation, title, picture, data and which task answered. */
export function renderPage({ path, page, identity, language, query }: PageFrame): string {
  const assets = `${path}/assets`;
  const texts = textsOf(language);
  return html`<!doctype html>
<html lang="${htmlLanguages[language]}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${page.title}</title>
<link rel="icon" href="${assets}/picture.svg" type="image/svg+xml">
<link rel="stylesheet" href="${assets}/bootstrap.min.css">
${(page.styles ?? []).map(name => html`<link rel="stylesheet" href="${assets}/${name}">\n`)}
<script src="${assets}/theme.js"></script>
<script src="${assets}/bootstrap.bundle.min.js" defer></script>
<script src="${assets}/page.js" defer></script>
${(page.scripts ?? []).map(name => html`<script src="${assets}/${name}" type="module"></script>\n`)}
</head>
<body>
<a class="visually-hidden-focusable position-absolute p-2" href="#content">${texts.skip}</a>
${renderNavigation(path, page.title, language, query)}
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
<footer class="container pb-5">${renderAnswer(path, identity, language)}</footer>
${page.data === undefined ? '' : renderData(page.data)}
</body>
</html>
`.html;
}

const htmlLanguages: Readonly<Record<Language, string>> = { en: 'en', zh: 'zh-Hans' };

/** The services that stand behind one door and know each other's pages. */
const siblings = [
  { path: '/users', en: 'Users', zh: '用户' },
  { path: '/news', en: 'News', zh: '新闻' },
  { path: '/market', en: 'Market', zh: '行情' },
  { path: '/blog', en: 'Blog', zh: '博客' },
];

function renderNavigation(path: string, title: string, language: Language, query: Query): Html {
  const texts = textsOf(language);
  const known = siblings.some(sibling => sibling.path === path);
  const links = [...siblings, ...(known ? [] : [{ path, en: title, zh: title }])];
  return html`<nav class="navbar navbar-expand-sm bg-body-tertiary border-bottom" aria-label="${texts.services}">
<div class="container">
<button class="navbar-toggler" type="button" data-bs-toggle="collapse" data-bs-target="#services" aria-controls="services" aria-expanded="false" aria-label="${texts.menu}"><span class="navbar-toggler-icon"></span></button>
<div class="collapse navbar-collapse" id="services">
<ul class="navbar-nav me-auto">
${links.map(link => renderLink(link, link.path === path, language, query))}
</ul>
</div>
<ul class="navbar-nav flex-row gap-2 order-sm-last">
${languages.filter(other => other !== language).map(other => renderSwitch(path, other, query))}
</ul>
</div>
</nav>`;
}

function renderLink(
  link: { path: string; en: string; zh: string },
  current: boolean,
  language: Language,
  query: Query,
): Html {
  const chosen = query.lang === language ? `?lang=${language}` : '';
  const state = current ? html`aria-current="page"` : '';
  return html`<li class="nav-item"><a class="nav-link${current ? ' active' : ''}" ${state} href="${link.path}/${chosen}">${link[language]}</a></li>\n`;
}

/** The same address in the other language. */
function renderSwitch(path: string, language: Language, query: Query): Html {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (name !== 'lang') for (const each of [value].flat()) parameters.append(name, each);
  }
  parameters.append('lang', language);
  const tag = htmlLanguages[language];
  return html`<li class="nav-item"><a class="nav-link" rel="alternate" hreflang="${tag}" lang="${tag}" href="${path}/?${parameters.toString()}">${names[language]}</a></li>\n`;
}

const names: Readonly<Record<Language, string>> = { en: 'English', zh: '中文' };

const textsOf = defineTexts({
  en: {
    skip: 'Skip to the content',
    services: 'Services',
    menu: 'Menu',
    answeredBy: 'Answered by',
    answeredByWhom: 'Answered by {ip}',
    noAnswer: 'The service did not answer.',
    refresh: 'Refresh',
    details: 'Details',
    ip: 'IP address',
    hostname: 'Host',
    task: 'Task',
    version: 'Version',
    commit: 'Commit',
    imageDigest: 'Image',
    environment: 'Environment',
    service: 'Service',
  },
  zh: {
    skip: '跳到正文',
    services: '服务',
    menu: '菜单',
    answeredBy: '应答者',
    answeredByWhom: '应答者：{ip}',
    noAnswer: '服务没有应答。',
    refresh: '刷新',
    details: '详情',
    ip: 'IP 地址',
    hostname: '主机',
    task: '任务',
    version: '版本',
    commit: '提交',
    imageDigest: '镜像',
    environment: '环境',
    service: '服务',
  },
});

const shownAtOnce: readonly (keyof Identity)[] = ['ip', 'hostname', 'task'];
const shownOnDemand: readonly (keyof Identity)[] = [
  'version',
  'commit',
  'imageDigest',
  'environment',
  'service',
];

/** Without script the button loads the page again; with it only these values change. */
function renderAnswer(path: string, identity: Identity, language: Language): Html {
  const texts = textsOf(language);
  return html`<section class="card" aria-labelledby="answer-title">
<div class="card-body">
<div class="d-flex flex-wrap justify-content-between align-items-center gap-2 mb-2">
<h2 class="h5 mb-0" id="answer-title">${texts.answeredBy}</h2>
<form id="answer-refresh" action="${path}/" data-source="${path}/json" data-answered="${texts.answeredByWhom}" data-failed="${texts.noAnswer}">
<button class="btn btn-sm btn-primary" type="submit">${texts.refresh}</button>
<button class="btn btn-sm btn-outline-secondary" type="button" data-bs-toggle="collapse" data-bs-target="#answer-details" aria-expanded="false" aria-controls="answer-details">${texts.details}</button>
</form>
</div>
<dl class="row mb-0">${shownAtOnce.map(key => renderValue(key, identity, language))}</dl>
<div class="collapse" id="answer-details"><dl class="row mb-0">${shownOnDemand.map(key => renderValue(key, identity, language))}</dl></div>
<p class="visually-hidden" id="answer-status" role="status"></p>
</div>
</section>`;
}

function renderValue(key: keyof Identity, identity: Identity, language: Language): Html {
  return html`
<dt class="col-sm-3 fw-normal text-body-secondary">${textsOf(language)[key]}</dt>
<dd class="col-sm-9 mb-1 font-monospace text-break" data-answer="${key}">${identity[key]}</dd>`;
}

/** A block of data, which a browser does not run; nothing in it can end it. */
function renderData(data: unknown): Html {
  const json = JSON.stringify(data).replaceAll('<', '\\u003c');
  return { html: `<script type="application/json" id="page-data">${json}</script>` };
}
