import {
  defineTexts,
  encodeCursor,
  fill,
  type Html,
  html,
  type Language,
  type Page,
} from '@slipway/service-kit';
import type { Headline } from './article.ts';
import { showFacts } from './article-page.ts';
import type { Slice } from './article-store.ts';
import type { ListQuery } from './list-query.ts';
import type { Link } from './page.ts';

const textsOf = defineTexts({
  en: {
    categories: 'Categories',
    all: 'All',
    tagged: 'With the tag {tag}',
    anyTag: 'all tags',
    from: 'From',
    to: 'To',
    show: 'Show',
    nothing: 'Nothing has been published here yet.',
    pages: 'Pages',
    older: 'Older articles',
    newest: 'The newest articles',
    write: 'Write an article',
  },
  zh: {
    categories: '分类',
    all: '全部',
    tagged: '标签：{tag}',
    anyTag: '所有标签',
    from: '从',
    to: '到',
    show: '显示',
    nothing: '这里还没有发布任何新闻。',
    pages: '翻页',
    older: '更早的新闻',
    newest: '最新的新闻',
    write: '写新闻',
  },
});
type ListTexts = ReturnType<typeof textsOf>;

/** Shows a page of the list. Everything is a link or a form, which works without script. */
export function showList(shown: {
  readonly slice: Slice;
  readonly categories: readonly string[];
  readonly asked: ListQuery;
  readonly language: Language;
  readonly link: Link;
}): Pick<Page, 'content' | 'scripts'> {
  const { slice, categories, asked, language, link } = shown;
  const texts = textsOf(language);
  const { filters } = asked;
  return {
    scripts: ['editor.js'],
    content: html`
<p data-for-editors hidden><a class="btn btn-primary" href="${link('/desk')}">${texts.write}</a></p>
${showCategories(categories, filters, texts, link)}
${filters.tag === undefined ? [] : showTag(filters, filters.tag, texts, link)}
${showSpan(filters, texts, link)}
${
  slice.articles.length === 0
    ? html`<p>${texts.nothing}</p>`
    : html`<ul class="list-unstyled">${slice.articles.map(headline => showHeadline(headline, language, link))}</ul>`
}
${showTurns(slice, asked, texts, link)}`,
  };
}

function showCategories(
  categories: readonly string[],
  { category: chosen, ...filters }: ListQuery['filters'],
  texts: ListTexts,
  link: Link,
): Html {
  const item = (name: string, category: string | undefined) => {
    const isChosen = category === chosen;
    return html`<li class="nav-item"><a class="nav-link py-1${isChosen ? ' active' : ''}" ${isChosen ? html`aria-current="page"` : ''} href="${link('/', { ...filters, category })}">${name}</a></li>`;
  };
  return html`<nav aria-label="${texts.categories}"><ul class="nav nav-pills gap-1 mb-3">${[
    item(texts.all, undefined),
    ...categories.map(category => item(category, category)),
  ]}</ul></nav>`;
}

function showTag(
  { tag: _, ...filters }: ListQuery['filters'],
  tag: string,
  texts: ListTexts,
  link: Link,
): Html {
  return html`<p>${fill(texts.tagged, { tag })} · <a href="${link('/', filters)}">${texts.anyTag}</a></p>`;
}

function showSpan(
  { from = '', to = '', ...filters }: ListQuery['filters'],
  texts: ListTexts,
  link: Link,
): Html {
  const hidden = [...new URLSearchParams(link('/', filters).split('?')[1])].map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  );
  return html`<form class="row row-cols-auto g-2 align-items-end mb-3" action="/news/">${hidden}
<div><label class="form-label mb-0 small" for="from">${texts.from}</label><input class="form-control form-control-sm" type="date" id="from" name="from" value="${from}"></div>
<div><label class="form-label mb-0 small" for="to">${texts.to}</label><input class="form-control form-control-sm" type="date" id="to" name="to" value="${to}"></div>
<div><button class="btn btn-sm btn-outline-secondary" type="submit">${texts.show}</button></div>
</form>`;
}

function showHeadline(headline: Headline, language: Language, link: Link): Html {
  return html`
<li class="card mb-3"><article class="card-body">
<h2 class="h5 card-title text-break"><a href="${link(`/articles/${headline.id}`)}">${headline.title}</a></h2>
${showFacts(headline, language, link)}
<p class="card-text text-break">${headline.summary}</p>
</article></li>`;
}

function showTurns({ next }: Slice, { wish, filters }: ListQuery, texts: ListTexts, link: Link): Html {
  const older =
    next === undefined
      ? []
      : [
          html`<a class="btn btn-outline-primary" rel="next" href="${link('/', { ...filters, cursor: encodeCursor(next) })}">${texts.older}</a>`,
        ];
  const newest =
    wish.below === undefined
      ? []
      : [html`<a class="btn btn-outline-secondary" href="${link('/', filters)}">${texts.newest}</a>`];
  if (older.length + newest.length === 0) return html``;
  return html`<nav class="d-flex flex-wrap gap-2" aria-label="${texts.pages}">${[...newest, ...older]}</nav>`;
}
