import { createService, type Kit } from '@slipway/service-kit';
import type { Express } from 'express';
import type { ArticleStore } from './article-store.ts';
import { showArticles } from './page.ts';
import { articleRoutes } from './routes.ts';

const articlesOnPage = 10;

/** Returns the news service; it does not listen. */
export function createApp({ articles, ...kit }: Kit & { readonly articles: ArticleStore }): Express {
  return createService(kit, {
    path: '/news',
    title: 'News',
    routes: articleRoutes(articles, kit),
    page: async () => showArticles(await articles.listNewest(articlesOnPage)),
  });
}
