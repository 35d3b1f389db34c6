import { type Callers, createService, type Kit } from '@slipway/service-kit';
import type { Express } from 'express';
import { commentRoutes } from './comments/comment-routes.ts';
import { feedRoute } from './feed.ts';
import { createMarkdown } from './markdown/markdown.ts';
import { previewRoute } from './markdown/preview-route.ts';
import { blogPages } from './pages/pages.ts';
import { postRoutes } from './posts/post-routes.ts';
import type { Stores } from './stores.ts';

/** Returns the blog service; it does not listen. */
export function createApp(deps: Kit & Stores & { readonly callers: Callers }): Express {
  const markdown = createMarkdown();
  return createService(deps, {
    path: '/blog',
    title: 'Blog',
    callers: deps.callers,
    routes: [
      ...postRoutes({ ...deps, markdown }),
      ...commentRoutes({ ...deps, markdown }),
      previewRoute(markdown),
      feedRoute(deps.posts),
    ],
    ...blogPages({ ...deps, markdown }),
    ready: { posts: () => deps.posts.get('is-anybody-there') },
  });
}
