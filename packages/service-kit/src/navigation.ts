import { type Html, html } from './html.ts';
import { defineTexts, htmlLanguages, type Language, languages } from './language.ts';
import type { PageFrame } from './page.ts';

/** The services that stand behind one door and know each other's pages. */
const siblings = [
  { path: '/users', en: 'Users', zh: '用户' },
  { path: '/news', en: 'News', zh: '新闻' },
  { path: '/market', en: 'Market', zh: '行情' },
  { path: '/blog', en: 'Blog', zh: '博客' },
];

const languageNames: Readonly<Record<Language, string>> = { en: 'English', zh: '中文' };

const textsOf = defineTexts({
  en: {
    services: 'Services',
    menu: 'Menu',
    signIn: 'Sign in',
    signOut: 'Sign out',
    signOutFailed: 'You could not be signed out: try again.',
  },
  zh: {
    services: '服务',
    menu: '菜单',
    signIn: '登录',
    signOut: '退出',
    signOutFailed: '未能退出，请重试。',
  },
});

/** Returns the bar with the pages of all services, who is signed in, and the other language. */
export function renderNavigation(frame: PageFrame): Html {
  const { path, page, language } = frame;
  const texts = textsOf(language);
  const own = siblings.some(sibling => sibling.path === path)
    ? []
    : [{ path, en: page.title, zh: page.title }];
  return html`<nav class="navbar navbar-expand-md bg-body-tertiary border-bottom" aria-label="${texts.services}">
<div class="container">
<button class="navbar-toggler" type="button" data-bs-toggle="collapse" data-bs-target="#services" aria-controls="services" aria-expanded="false" aria-label="${texts.menu}"><span class="navbar-toggler-icon"></span></button>
<div class="collapse navbar-collapse order-last order-md-first" id="services">
<ul class="navbar-nav me-auto">${[...siblings, ...own].map(link => renderLink(link, frame))}
</ul>
</div>
<ul class="navbar-nav flex-row flex-wrap align-items-center gap-3">${renderSession(frame)}${languages
    .filter(other => other !== language)
    .map(other => renderSwitch(other, frame))}
</ul>
</div>
</nav>`;
}

function renderLink(
  link: { path: string; en: string; zh: string },
  { path, language, query }: PageFrame,
): Html {
  const chosen = query.lang === language ? `?lang=${language}` : '';
  const current = link.path === path;
  return html`
<li class="nav-item"><a class="nav-link${current ? ' active' : ''}"${current ? html` aria-current="page"` : ''} href="${link.path}/${chosen}">${link[language]}</a></li>`;
}

/** Without script there is the link; with it `page.js` shows what fits. */
function renderSession({ at, language }: PageFrame): Html {
  const texts = textsOf(language);
  return html`
<li class="nav-item" id="signed-out"><a class="nav-link" href="/users/?return=${encodeURIComponent(at)}">${texts.signIn}</a></li>
<li class="nav-item" id="signed-in" hidden><div class="d-flex align-items-center gap-2"><a class="nav-link text-truncate" href="/users/" id="signed-in-name"></a>
<button class="btn btn-sm btn-secondary" type="button" id="sign-out" data-failed="${texts.signOutFailed}">${texts.signOut}</button>
<span class="visually-hidden" id="session-status" role="status"></span></div></li>`;
}

/** The same address in the other language. */
function renderSwitch(language: Language, { at, query }: PageFrame): Html {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (name !== 'lang') for (const each of [value].flat()) parameters.append(name, each);
  }
  parameters.append('lang', language);
  const tag = htmlLanguages[language];
  return html`
<li class="nav-item"><a class="nav-link" rel="alternate" hreflang="${tag}" lang="${tag}" href="${at}?${parameters.toString()}">${languageNames[language]}</a></li>`;
}
