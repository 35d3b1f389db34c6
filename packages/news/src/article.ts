import * as z from 'zod';

/** A published news article. */
export const articleSchema = z
  .strictObject({
    id: z.string(),
    title: z.string(),
    summary: z.string(),
    category: z.string(),
    publishedAt: z.iso.datetime().describe('In UTC'),
  })
  .meta({ id: 'Article' });
export type Article = Readonly<z.output<typeof articleSchema>>;

/** What somebody who publishes an article sends. */
export const newArticleSchema = z.strictObject({
  title: z.string().trim().min(1).max(200),
  summary: z.string().trim().min(1).max(2000),
  category: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,29}$/, 'Use small letters, digits and hyphens, at most 30.')
    .default('general'),
});
export type NewArticle = z.output<typeof newArticleSchema>;

/** What a reader may ask for. */
export const articleQuerySchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(20),
});

/** Makes an article out of what was sent. */
export function publishArticle(sent: NewArticle, id: string, at: Date): Article {
  return { id, ...sent, publishedAt: at.toISOString() };
}
