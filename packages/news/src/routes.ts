import { type Kit, readBody, readQuery } from '@slipway/service-kit';
import { Router } from 'express';
import { articleQuerySchema, newArticleSchema, publishArticle } from './article.ts';
import type { ArticleStore } from './article-store.ts';

/** Routes of the articles. Anybody may publish until sign-in exists: keep this off the internet until then. */
export function articleRoutes(articles: ArticleStore, { now, newId }: Pick<Kit, 'now' | 'newId'>): Router {
  const routes = Router();
  routes.get('/articles', async (request, response) => {
    const { limit } = await readQuery(request, articleQuerySchema);
    response.json({ articles: await articles.listNewest(limit) });
  });
  routes.post('/articles', async (request, response) => {
    const article = publishArticle(await readBody(request, newArticleSchema), newId(), now());
    await articles.add(article);
    response.status(201).json(article);
  });
  return routes;
}
