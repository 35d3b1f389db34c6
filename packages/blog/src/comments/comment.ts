import * as z from 'zod';
import { type Author, authorSchema } from '../author.ts';
import { maxCommentLength } from '../markdown/limits.ts';
import { shortIdOf } from '../posts/slug.ts';
import { markdownSchema } from '../text.ts';

/** Begins with the time, so that comments sorted by their ids are sorted by their age. */
export const commentIdSchema = z
  .string()
  .regex(/^\d{8}t\d{9}z-[0-9a-f]{12}$/, 'must be the id of a comment')
  .describe('The id of a comment');

export const commentSchema = z.strictObject({
  id: commentIdSchema,
  postId: z.string(),
  author: authorSchema,
  publishedAt: z.iso.datetime(),
  body: z.string().describe('Markdown'),
});
export type Comment = Readonly<Omit<z.output<typeof commentSchema>, 'author'>> & { readonly author: Author };

/** What somebody sends. */
export const remarkSchema = z.strictObject({ body: markdownSchema(maxCommentLength) });
export type Remark = Readonly<z.output<typeof remarkSchema>>;

/** Makes a comment under a post of what was sent. */
export function comment(
  post: { id: string },
  { body }: Remark,
  author: Author,
  id: string,
  at: Date,
): Comment {
  const now = at.toISOString();
  return {
    id: `${now.replace(/[-:.]/g, '').toLowerCase()}-${shortIdOf(id)}`,
    postId: post.id,
    author: { id: author.id, name: author.name },
    publishedAt: now,
    body,
  };
}
