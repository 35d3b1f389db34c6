import { defineTexts, type Kit, type PageRequest, type ServiceDefinition } from '@slipway/service-kit';
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

/** The pages: the list, an article, and the desk where editors write. */
export function newsPages({
  articles,
  now,
}: Pick<Kit, 'now'> & { readonly articles: ArticleStore }): Pick<ServiceDefinition, 'page' | 'pages'> {
  return {
    page: async ({ language, query }) => {
      const asked = readListQuery(query);
      const [slice, categories] = await Promise.all([
        listPublished(articles, { ...asked.wish, limit: headlinesOnPage }, now()),
        articles.listCategories(now()),
      ]);
      const link = linkIn({ language, query });
      return { ...textsOf(language), ...showList({ slice, categories, asked, language, link }) };
    },
    pages: [
      {
        path: '/articles/:id',
        page: async ({ language, query, params }) => {
          const id = z.uuid().safeParse(params.id);
          const article = id.success ? await articles.find(id.data) : undefined;
          if (article === undefined || !isPublished(article, now())) throw noArticle(language);
          return showArticle(article, language, linkIn({ language, query }));
        },
      },
      {
        path: '/desk',
        page: async ({ language, query }) => showDesk(undefined, language, linkIn({ language, query })),
      },
      {
        path: '/desk/:id',
        page: async ({ language, query, params }) => {
          const id = z.uuid().safeParse(params.id);
          if (!id.success) throw noArticle(language);
          return showDesk(id.data, language, linkIn({ language, query }));
        },
      },
    ],
  };
}

/** Returns the address of a page of this service, such as `/desk`. A language that was chosen stays. */
export type Link = (below: string, parameters?: Readonly<Record<string, string | undefined>>) => string;

function linkIn({ language, query }: Pick<PageRequest, 'language' | 'query'>): Link {
  const lang = query.lang === language ? language : undefined;
  return (below, parameters = {}) => {
    const chosen = new URLSearchParams();
    for (const [name, value] of Object.entries({ ...parameters, lang })) {
      if (value !== undefined) chosen.append(name, value);
    }
    return chosen.size === 0 ? `/news${below}` : `/news${below}?${chosen}`;
  };
}
