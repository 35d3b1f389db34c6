import { type Kit, type Route, route } from '@slipway/service-kit';
import * as z from 'zod';
import { newPostSchema, postQuerySchema, postSchema, publishPost } from './post.ts';
import type { PostStore } from './post-store.ts';

/** Routes of the posts. Anybody may publish under any name until sign-in exists: keep this off the internet. */
export function postRoutes(posts: PostStore, { now, newId }: Pick<Kit, 'now' | 'newId'>): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/posts',
      summary: 'List the newest posts',
      query: postQuerySchema,
      answers: { 200: { description: 'The posts', schema: z.strictObject({ posts: z.array(postSchema) }) } },
      handle: async ({ query: { limit } }) => ({
        status: 200,
        body: { posts: await posts.listNewest(limit) },
      }),
    }),
    route({
      method: 'post',
      path: '/posts',
      summary: 'Publish a post',
      body: newPostSchema,
      answers: { 201: { description: 'The post', schema: postSchema } },
      handle: async ({ body }) => {
        const post = publishPost(body, newId(), now());
        await posts.add(post);
        return { status: 201, body: post };
      },
    }),
  ];
}
