import { randomBytes, randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { createKit, run, serve } from '@slipway/service-kit';
import { createApp } from './app.ts';
import { readConfig } from './config.ts';
import { createPasswordHash } from './password.ts';
import { createMemoryUserStore, type UserStore } from './user-store.ts';

const world = { now: () => new Date(), newId: randomUUID, hostname: hostname(), fetch: get };

run(process, async env => {
  const config = readConfig(env);
  const kit = createKit({ name: 'user', folder: import.meta.dirname }, config, env, world);
  const users = await openUsers(config.usersTable);
  const app = createApp({ ...kit, users, hashPassword: createPasswordHash(randomBytes) });
  return serve(app, kit, config);
});

async function openUsers(table: string | undefined): Promise<UserStore> {
  if (table === undefined) return createMemoryUserStore();
  const { openDynamoUserStore } = await import('./dynamo-user-store.ts');
  return openDynamoUserStore(table);
}

/** Node loads its `fetch` when it is first touched, 15 ms that a start outside ECS need not spend. */
function get(...request: Parameters<typeof fetch>): Promise<Response> {
  return fetch(...request);
}
