import { type Callers, createService, type Kit } from '@slipway/service-kit';
import type { Express } from 'express';
import { commentRoutes } from './comments/comment-routes.ts';
import { feedRoute } from './feed.ts';
import { rememberRendered } from './markdown/cache.ts';
import { previewRoute } from './markdown/preview-route.ts';
import { renderMarkdown } from './markdown/render.ts';
import { blogPages } from './pages/pages.ts';
import { postRoutes } from './posts/post-routes.ts';
import type { Stores } from './stores.ts';

/** How much of what was rendered is remembered, in characters: some megabytes of a task's 512. */
const rememberedCharacters = 2_000_000;

/** Returns the blog service; it does not listen. */
export function createApp(deps: Kit & Stores & { readonly callers: Callers }): Express {
  const render = rememberRendered(renderMarkdown, rememberedCharacters);
  return createService(deps, {
    path: '/blog',
    title: 'Blog',
    callers: deps.callers,
    routes: [...postRoutes(deps), ...commentRoutes(deps), previewRoute(render), feedRoute(deps.posts)],
    ...blogPages({ ...deps, render }),
    ready: { posts: () => deps.posts.get('is-anybody-there') },
  });
}
