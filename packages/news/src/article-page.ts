import { defineTexts, type Html, html, type Language, type Page, Problem } from '@slipway/service-kit';
import { type Article, type Headline, paragraphsOf } from './article.ts';
import type { Link } from './page.ts';

const textsOf = defineTexts({
  en: {
    none: 'There is no such article: it has been withdrawn, or it was never here.',
    all: 'All news',
    change: 'Change this article',
    tags: 'Tags',
  },
  zh: {
    none: '没有这篇新闻：它已被撤回，或者从未存在。',
    all: '全部新闻',
    change: '修改这篇新闻',
    tags: '标签',
  },
});

/** Shows one article. */
export function showArticle(article: Article, language: Language, link: Link): Page {
  const texts = textsOf(language);
  return {
    title: article.title,
    lead: article.summary,
    scripts: ['editor.js'],
    content: html`<article>
${showFacts(article, language, link)}
${paragraphsOf(article.body).map(paragraph => html`<p class="text-break">${paragraph}</p>`)}
</article>
<p class="d-flex flex-wrap gap-3"><a href="${link('/')}">${texts.all}</a>
<a data-for-editors hidden href="${link(`/desk/${article.id}`)}">${texts.change}</a></p>`,
  };
}

/** What is thrown where there is none. */
export function noArticle(language: Language): Problem {
  return new Problem(404, textsOf(language).none);
}

/** Category, time, author and tags. */
export function showFacts(
  { category, publishAt, author, tags }: Headline,
  language: Language,
  link: Link,
): Html {
  return html`<p class="small text-body-secondary mb-2"><a class="badge text-bg-secondary text-decoration-none" href="${link('/', { category })}">${category}</a>
<time datetime="${publishAt}">${publishAt.slice(0, 16).replace('T', ' ')} UTC</time> · ${author.name}</p>
${tags.length === 0 ? '' : showTags(tags, language, link)}`;
}

function showTags(tags: readonly string[], language: Language, link: Link): Html {
  const item = (tag: string) =>
    html`<li class="list-inline-item"><a href="${link('/', { tag })}">#${tag}</a></li>`;
  return html`<ul class="list-inline small mb-2" aria-label="${textsOf(language).tags}">${tags.map(item)}</ul>`;
}
