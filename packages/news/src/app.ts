import { type Callers, createService, type Kit } from '@slipway/service-kit';
import type { Express } from 'express';
import type { ArticleStore } from './article-store.ts';
import { answerOutages } from './outage.ts';
import { newsPages } from './page.ts';
import { articleRoutes } from './routes.ts';

export type Deps = { readonly articles: ArticleStore; readonly callers: Callers };

/** Returns the news service; it does not listen. */
export function createApp({ articles: store, callers, ...kit }: Kit & Deps): Express {
  const articles = answerOutages(store);
  return createService(kit, {
    path: '/news',
    title: 'News',
    routes: articleRoutes({ ...kit, articles }),
    ...newsPages({ ...kit, articles }),
    ready: { articles: () => articles.check() },
    callers,
  });
}
