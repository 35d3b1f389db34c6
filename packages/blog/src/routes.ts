import { type Kit, readBody, readQuery } from '@slipway/service-kit';
import { Router } from 'express';
import { newPostSchema, postQuerySchema, publishPost } from './post.ts';
import type { PostStore } from './post-store.ts';

/** Routes of the posts. Anybody may publish under any name until sign-in exists: keep this off the internet. */
export function postRoutes(posts: PostStore, { now, newId }: Pick<Kit, 'now' | 'newId'>): Router {
  const routes = Router();
  routes.get('/posts', async (request, response) => {
    const { limit } = await readQuery(request, postQuerySchema);
    response.json({ posts: await posts.listNewest(limit) });
  });
  routes.post('/posts', async (request, response) => {
    const post = publishPost(await readBody(request, newPostSchema), newId(), now());
    await posts.add(post);
    response.status(201).json(post);
  });
  return routes;
}
