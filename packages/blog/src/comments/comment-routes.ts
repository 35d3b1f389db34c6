import { cursorOf, encodeCursor, type Kit, Problem, pageOf, type Route, route } from '@slipway/service-kit';
import * as z from 'zod';
import type { LoadMarkdown } from '../markdown/markdown.ts';
import { addressOfPost, findPost, noPost, postParams } from '../posts/post-routes.ts';
import type { PostStore } from '../posts/post-store.ts';
import { refuseFaulty } from '../text.ts';
import { comment, commentIdSchema, commentSchema, remarkSchema } from './comment.ts';
import type { CommentStore } from './comment-store.ts';

export const orderSchema = z.enum(['oldest', 'newest']).default('oldest');
const pageSchema = pageOf(commentSchema);

/**
 * Comments below their post. Each route finds the post first, so that nobody sees or adds a comment of a post
 * that is deleted.
 */
export function commentRoutes({
  now,
  newId,
  posts,
  comments,
  markdown,
}: Pick<Kit, 'now' | 'newId'> & {
  posts: PostStore;
  comments: CommentStore;
  markdown: LoadMarkdown;
}): Route[] {
  return [
    route({
      method: 'get',
      path: '/posts/:id/comments',
      summary: 'List the comments of a post',
      params: postParams,
      query: z.strictObject({
        order: orderSchema.describe('Which come first'),
        limit: z.coerce.number().int().min(1).max(100).default(20),
        after: cursorOf(commentIdSchema).optional(),
      }),
      answers: { 200: { description: 'A page of the list', schema: pageSchema }, 404: noPost },
      handle: async ({ params, query: { order, ...range } }) => {
        const post = await findPost(posts, params.id);
        const { items, next } = await comments.list(post.id, order, range);
        return { status: 200, body: { items, ...(next !== undefined && { next: encodeCursor(next) }) } };
      },
    }),
    route({
      method: 'post',
      path: '/posts/:id/comments',
      summary: 'Comment on a post',
      caller: 'required',
      params: postParams,
      body: remarkSchema,
      answers: { 201: { description: 'The comment', schema: commentSchema }, 404: noPost },
      handle: async ({ params, body, caller }) => {
        const post = await findPost(posts, params.id);
        refuseFaulty(body, await markdown());
        const said = comment(post, body, caller, newId(), now());
        await comments.add(said);
        return {
          status: 201,
          body: said,
          headers: { Location: `${addressOfPost(post)}/comments/${said.id}` },
        };
      },
    }),
    route({
      method: 'get',
      path: '/posts/:id/comments/:comment',
      summary: 'Read a comment',
      params: commentParams,
      answers: { 200: { description: 'The comment', schema: commentSchema }, 404: noComment },
      handle: async ({ params }) => {
        const post = await findPost(posts, params.id);
        const said = await comments.get(post.id, params.comment);
        if (said === undefined) throw noSuchComment();
        return { status: 200, body: said };
      },
    }),
    route({
      method: 'delete',
      path: '/posts/:id/comments/:comment',
      summary: 'Delete a comment of your own, or one on your post',
      caller: 'required',
      params: commentParams,
      answers: {
        204: { description: 'It is deleted' },
        403: { description: 'Neither the comment nor the post is yours' },
        404: noComment,
      },
      handle: async ({ params, caller }) => {
        const post = await findPost(posts, params.id);
        const said = await comments.get(post.id, params.comment);
        if (said === undefined) throw noSuchComment();
        if (![said.author.id, post.author.id].includes(caller.id)) {
          throw new Problem(403, 'Only its author and the author of the post may delete a comment.');
        }
        await comments.remove(post.id, said.id);
        return { status: 204 };
      },
    }),
  ];
}

const commentParams = postParams.extend({ comment: commentIdSchema });
const noComment = { description: 'There is no such post or comment' };

function noSuchComment(): Problem {
  return new Problem(404, 'There is no such comment.');
}
