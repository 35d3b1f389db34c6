import * as z from 'zod';

/** A blog post. */
export const postSchema = z
  .strictObject({
    id: z.string(),
    title: z.string(),
    body: z.string().describe('Plain text; an empty line begins a paragraph'),
    author: z.string().describe('The name that the author gave: nobody checks it yet'),
    publishedAt: z.iso.datetime().describe('In UTC'),
  })
  .meta({ id: 'Post' });
export type Post = Readonly<z.output<typeof postSchema>>;

/** What an author sends. */
export const newPostSchema = z.strictObject({
  title: z.string().trim().min(1).max(200),
  body: z.string().trim().min(1).max(20_000),
  author: z.string().trim().min(1).max(80),
});
export type NewPost = z.output<typeof newPostSchema>;

/** What a reader may ask for. */
export const postQuerySchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(20),
});

/** Makes a post out of what was sent. */
export function publishPost(sent: NewPost, id: string, at: Date): Post {
  return { id, ...sent, publishedAt: at.toISOString() };
}
