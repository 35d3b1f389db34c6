import {
  type Caller,
  cursorOf,
  encodeCursor,
  etagOf,
  type Kit,
  Problem,
  pageOf,
  type Route,
  requireMatch,
  route,
} from '@slipway/service-kit';
import type { Request } from 'express';
import * as z from 'zod';
import type { LoadMarkdown } from '../markdown/markdown.ts';
import { refuseFaulty } from '../text.ts';
import {
  type Draft,
  draftSchema,
  excerptLength,
  type Post,
  postSchema,
  publish,
  revise,
  summarySchema,
  type Written,
} from './post.ts';
import { type PostStore, postPositionSchema } from './post-store.ts';
import { slugSchema } from './slug.ts';

export const postParams = z.strictObject({ id: slugSchema });

const ifMatch = z.object({
  'if-match': z.string().max(200).optional().describe('The ETag of the version that you have read'),
});
const pageSchema = pageOf(summarySchema);

/** Reading posts, which anybody may, and writing them, which takes a token. */
export function postRoutes({
  now,
  newId,
  posts,
  markdown,
}: Pick<Kit, 'now' | 'newId'> & { posts: PostStore; markdown: LoadMarkdown }): Route[] {
  return [
    route({
      method: 'get',
      path: '/posts',
      summary: 'List posts, the newest first',
      query: z.strictObject({
        author: z.string().min(1).max(100).optional().describe('Only the posts of the user with this id'),
        limit: z.coerce.number().int().min(1).max(100).default(20),
        after: cursorOf(postPositionSchema).optional(),
      }),
      answers: { 200: { description: 'A page of the list', schema: pageSchema } },
      handle: async ({ query: { author, ...range } }) => {
        const { items, next } = await (author === undefined
          ? posts.listNewest(range)
          : posts.listByAuthor(author, range));
        return { status: 200, body: { items, ...(next && { next: encodeCursor(next) }) } };
      },
    }),
    route({
      method: 'post',
      path: '/posts',
      summary: 'Publish a post',
      caller: 'required',
      body: draftSchema,
      answers: { 201: { description: 'The post', schema: postSchema } },
      handle: async ({ body, caller }) => {
        const post = publish(await write(body), caller, newId(), now());
        await posts.add(post);
        return { status: 201, body: post, headers: { Location: addressOfPost(post), ETag: etagOf(post) } };
      },
    }),
    route({
      method: 'get',
      path: '/posts/:id',
      summary: 'Read a post',
      params: postParams,
      answers: { 200: { description: 'The post', schema: postSchema }, 404: noPost },
      handle: async ({ params: { id } }) => ({
        status: 200,
        body: await findPost(posts, id),
        headers: { Vary: 'Accept' }, // the same address is the post's page for who asks for HTML
      }),
    }),
    route({
      method: 'put',
      path: '/posts/:id',
      summary: 'Change a post of your own',
      caller: 'required',
      params: postParams,
      headers: ifMatch,
      body: draftSchema,
      answers: {
        200: { description: 'The post as it is now', schema: postSchema },
        ...refusals,
        428: unsaid,
      },
      handle: async ({ params: { id }, body, caller, request }) => {
        const revised = await change({ id, body, caller, request });
        return { status: 200, body: revised, headers: { ETag: etagOf(revised) } };
      },
    }),
    route({
      method: 'delete',
      path: '/posts/:id',
      summary: 'Delete a post of your own, with its comments',
      caller: 'required',
      params: postParams,
      headers: ifMatch,
      answers: { 204: { description: 'It is deleted' }, ...refusals },
      handle: async ({ params: { id }, caller, request }) => {
        const post = await findOwnPost(id, caller);
        requireMatch(request, etagOf(post));
        if (!(await posts.bury(post, now()))) throw changedMeanwhile();
        return { status: 204 };
      },
    }),
  ];

  async function change(asked: { id: string; body: Draft; caller: Caller; request: Request }): Promise<Post> {
    const post = await findOwnPost(asked.id, asked.caller);
    requireMatch(asked.request, etagOf(post), { required: true });
    const revised = revise(post, await write(asked.body), asked.caller, now());
    if (!(await posts.replace(revised))) throw changedMeanwhile();
    return revised;
  }

  async function write(draft: Draft): Promise<Written> {
    const loaded = await markdown();
    refuseFaulty(draft, loaded);
    return { ...draft, excerpt: loaded.excerptOf(draft.body, excerptLength) };
  }

  async function findOwnPost(id: string, caller: Caller): Promise<Post> {
    const post = await findPost(posts, id);
    if (post.author.id !== caller.id) throw new Problem(403, 'Only its author may change or delete a post.');
    return post;
  }
}

/** Returns the post. Throws Problem 404. */
export async function findPost(posts: PostStore, id: string): Promise<Post> {
  const post = await posts.get(id);
  if (post === undefined) throw new Problem(404, 'There is no such post.');
  return post;
}

/** Returns where a post is, as a page and as JSON. */
export function addressOfPost({ id }: { readonly id: string }): string {
  return `/blog/posts/${id}`;
}

export const noPost = { description: 'There is no such post' };
const unsaid = { description: 'If-Match is missing' };
const refusals = {
  403: { description: 'It is not your post' },
  404: noPost,
  412: { description: 'It has changed since you read it' },
};

function changedMeanwhile(): Problem {
  return new Problem(412, 'It has changed since you read it: read it again.');
}
