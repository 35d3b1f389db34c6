import * as z from 'zod';
import { type Author, authorSchema } from '../author.ts';
import { maxPostLength } from '../markdown/limits.ts';
import { isText, markdownSchema } from '../text.ts';
import { slugOf, slugSchema } from './slug.ts';

/** What a list shows of a post. */
export const summarySchema = z.strictObject({
  id: slugSchema,
  title: z.string(),
  excerpt: z.string().describe('The first words, without markup'),
  author: authorSchema,
  publishedAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  version: z.int().min(1).describe('Counts the changes, from 1'),
});
export type Summary = DeepReadonly<z.output<typeof summarySchema>>;

export const postSchema = summarySchema.extend({ body: z.string().describe('Markdown') });
export type Post = DeepReadonly<z.output<typeof postSchema>>;

const titleSchema = z
  .string()
  .trim()
  .max(200)
  .regex(/^\P{Cc}*$/u, 'must be one line without control characters')
  .refine(isText, 'must not be empty, nor have half of a character');

/** What an author sends, for a new post or as what a post becomes. */
export const draftSchema = z.strictObject({
  title: titleSchema,
  body: markdownSchema(maxPostLength),
});
export type Draft = Readonly<z.output<typeof draftSchema>>;

/** A draft and the first words of it. */
export type Written = Draft & { readonly excerpt: string };
export const excerptLength = 240;

/** Makes a new post of a draft. Its address says its title, and stays when the title changes. */
export function publish({ title, excerpt, body }: Written, author: Author, id: string, at: Date): Post {
  const now = at.toISOString();
  return {
    id: slugOf(title, id),
    title,
    excerpt,
    author: { id: author.id, name: author.name },
    publishedAt: now,
    updatedAt: now,
    version: 1,
    body,
  };
}

/** Returns the post as its author wants it now, under the name that the author has now. */
export function revise(post: Post, { title, excerpt, body }: Written, author: Author, at: Date): Post {
  return {
    ...post,
    title,
    excerpt,
    author: { id: post.author.id, name: author.name },
    updatedAt: at.toISOString(),
    version: post.version + 1,
    body,
  };
}

/** Returns the post as lists show it. */
export function summarize({ body: _, ...summary }: Post): Summary {
  return summary;
}

type DeepReadonly<Value> = Value extends object
  ? { readonly [Key in keyof Value]: DeepReadonly<Value[Key]> }
  : Value;
