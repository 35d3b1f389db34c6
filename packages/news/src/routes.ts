import { type Kit, type Route, route } from '@slipway/service-kit';
import * as z from 'zod';
import { articleQuerySchema, articleSchema, newArticleSchema, publishArticle } from './article.ts';
import type { ArticleStore } from './article-store.ts';

/** Routes of the articles. Anybody may publish until sign-in exists: keep this off the internet until then. */
export function articleRoutes(
  articles: ArticleStore,
  { now, newId }: Pick<Kit, 'now' | 'newId'>,
): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/articles',
      summary: 'List the newest articles',
      query: articleQuerySchema,
      answers: {
        200: { description: 'The articles', schema: z.strictObject({ articles: z.array(articleSchema) }) },
      },
      handle: async ({ query: { limit } }) => ({
        status: 200,
        body: { articles: await articles.listNewest(limit) },
      }),
    }),
    route({
      method: 'post',
      path: '/articles',
      summary: 'Publish an article',
      body: newArticleSchema,
      answers: { 201: { description: 'The article', schema: articleSchema } },
      handle: async ({ body }) => {
        const article = publishArticle(body, newId(), now());
        await articles.add(article);
        return { status: 201, body: article };
      },
    }),
  ];
}
