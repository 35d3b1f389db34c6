import * as z from 'zod';
import { instantSchema } from './instant.ts';
import { labelSchema, labelsSchema } from './label.ts';

/** Text in one line. */
const lineSchema = (longest: number) =>
  z
    .string()
    .overwrite(text => text.replace(/\s+/g, ' ').trim())
    .min(1)
    .max(longest)
    .refine(isPlainText, 'Leave out control characters and halves of surrogate pairs.');

/** Paragraphs of plain text with an empty line between them. */
const paragraphsSchema = z
  .string()
  .overwrite(text => text.replace(/\r\n?/g, '\n').trim())
  .min(1)
  .max(20_000)
  .refine(isPlainText, 'Leave out control characters and halves of surrogate pairs.');

const writtenShape = {
  title: lineSchema(200),
  summary: lineSchema(1000),
  body: paragraphsSchema,
  category: labelSchema,
  tags: labelsSchema,
  publishAt: instantSchema,
};

/** What somebody who publishes an article sends; without `publishAt` it is published at once. */
export const newArticleSchema = z
  .strictObject({
    ...writtenShape,
    category: labelSchema.default('general'),
    tags: labelsSchema.default([]),
    publishAt: instantSchema.optional(),
  })
  .meta({ id: 'NewArticle' });
export type NewArticle = z.output<typeof newArticleSchema>;

/** What somebody who changes an article sends: only what shall be different. */
export const articleChangeSchema = z
  .strictObject(writtenShape)
  .partial()
  .refine(change => Object.keys(change).length > 0, 'Name what shall be different.')
  .meta({ id: 'ArticleChange' });
export type ArticleChange = z.output<typeof articleChangeSchema>;

const authorSchema = z.strictObject({ sub: z.string(), name: z.string() });
export type Author = z.output<typeof authorSchema>;

const headlineShape = {
  id: z.uuid(),
  title: z.string(),
  summary: z.string(),
  category: z.string(),
  tags: z.array(z.string()),
  author: authorSchema,
  publishAt: z.iso.datetime().describe('In UTC. Before this nobody but editors sees the article.'),
  updatedAt: z.iso.datetime().describe('In UTC.'),
  version: z.int().describe('Counts the changes from 1.'),
};

/** What a list tells of an article. */
export const headlineSchema = z.strictObject(headlineShape).meta({ id: 'Headline' });
export type Headline = Readonly<z.output<typeof headlineSchema>>;

/** An article as it is kept and shown. */
export const articleSchema = z
  .strictObject({
    ...headlineShape,
    body: z.string().describe('Paragraphs of plain text with an empty line between them.'),
  })
  .meta({ id: 'Article' });
export type Article = Readonly<z.output<typeof articleSchema>>;

/** Makes an article out of what its author sent. */
export function publishArticle(
  sent: NewArticle,
  { id, author, at }: { id: string; author: Author; at: Date },
): Article {
  const updatedAt = at.toISOString();
  return { ...sent, id, author, publishAt: sent.publishAt ?? updatedAt, updatedAt, version: 1 };
}

/** Returns the article with the change, one version later. */
export function changeArticle(article: Article, change: ArticleChange, at: Date): Article {
  const changed = Object.entries(change).filter(([, value]) => value !== undefined);
  return {
    ...article,
    ...Object.fromEntries(changed),
    updatedAt: at.toISOString(),
    version: article.version + 1,
  };
}

/**
 * Whether the change would move an article that readers have seen: its place in the lists is fixed from then on, so
 * that whoever pages through them meets it exactly once.
 */
export function movesPublished(article: Article, { publishAt }: ArticleChange, at: Date): boolean {
  return publishAt !== undefined && publishAt !== article.publishAt && isPublished(article, at);
}

/** Whether readers may see it. */
export function isPublished({ publishAt }: Pick<Article, 'publishAt'>, at: Date): boolean {
  return publishAt <= at.toISOString();
}

/** The paragraphs of a body. */
export function paragraphsOf(body: string): string[] {
  return body.split(/\n\s*\n/).map(paragraph => paragraph.trim());
}

/** What every store and every page can carry unchanged. */
function isPlainText(text: string): boolean {
  return text.isWellFormed() && !/[^\P{Cc}\n\t]/u.test(text);
}
