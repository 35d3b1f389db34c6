import { createService, type Kit } from '@slipway/service-kit';
import type { Express } from 'express';
import { showPosts } from './page.ts';
import type { PostStore } from './post-store.ts';
import { postRoutes } from './routes.ts';

const postsOnPage = 10;

/** Returns the blog service; it does not listen. */
export function createApp({ posts, ...kit }: Kit & { readonly posts: PostStore }): Express {
  return createService(kit, {
    path: '/blog',
    title: 'Blog',
    routes: postRoutes(posts, kit),
    page: async () => showPosts(await posts.listNewest(postsOnPage)),
  });
}
