import { createService, type Kit } from '@slipway/service-kit';
import type { Express } from 'express';
import { showUsers } from './page.ts';
import { type RouteDeps, userRoutes } from './routes.ts';
import { toProfile } from './user.ts';

const usersOnPage = 10;

/** Returns the user service; it does not listen. */
export function createApp(deps: Kit & RouteDeps): Express {
  return createService(deps, {
    path: '/users',
    title: 'Users',
    routes: userRoutes(deps),
    page: async () => showUsers((await deps.users.listNewest(usersOnPage)).map(toProfile)),
  });
}
