import { defineTexts, type Kit, type Language, type Page, type PageRequest } from '@slipway/service-kit';
import * as z from 'zod';
import { isPublished } from './article.ts';
import { noArticle, showArticle } from './article-page.ts';
import type { ArticleStore } from './article-store.ts';
import { showDesk } from './desk-page.ts';
import { showList } from './list-page.ts';
import { readListQuery } from './list-query.ts';
import { listPublished } from './published.ts';

const headlinesOnPage = 10;

const textsOf = defineTexts({
  en: {
    title: 'News',
    lead: 'What happened, the newest first.',
  },
  zh: {
    title: '新闻',
    lead: '发生了什么，最新的在最前面。',
  },
});

/** Returns what the page shows: the list, an article (`?article=…`) or what editors write with (`?desk=…`). */
export async function showPage(
  { language, query }: Pick<PageRequest, 'language' | 'query'>,
  { articles, now }: Pick<Kit, 'now'> & { readonly articles: ArticleStore },
): Promise<Page> {
  const link = linkIn(query.lang === language ? language : undefined);
  if (query.article !== undefined) {
    const id = z.uuid().safeParse(query.article);
    const article = id.success ? await articles.find(id.data) : undefined;
    if (article === undefined || !isPublished(article, now())) throw noArticle(language);
    return showArticle(article, language, link);
  }
  if (query.desk !== undefined) {
    return showDesk(z.uuid().optional().catch(undefined).parse(query.desk), language, link);
  }
  const asked = readListQuery(query);
  const [slice, categories] = await Promise.all([
    listPublished(articles, { ...asked.wish, limit: headlinesOnPage }, now()),
    articles.listCategories(now()),
  ]);
  return { ...textsOf(language), ...showList({ slice, categories, asked, language, link }) };
}

/** Returns the address of a page of this service. A language that was chosen stays. */
export type Link = (parameters?: Readonly<Record<string, string | undefined>>) => string;

function linkIn(chosen: Language | undefined): Link {
  return (parameters = {}) => {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries({ ...parameters, lang: chosen })) {
      if (value !== undefined) query.append(name, value);
    }
    return query.size === 0 ? '/news/' : `/news/?${query}`;
  };
}
