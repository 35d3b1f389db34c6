import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { createKit, run, serve } from '@slipway/service-kit';
import { createApp } from './app.ts';
import { readConfig } from './config.ts';
import { createMemoryPostStore, type PostStore } from './post-store.ts';

const world = { now: () => new Date(), newId: randomUUID, hostname: hostname(), fetch: get };

run(process, async env => {
  const config = readConfig(env);
  const kit = createKit({ name: 'blog', folder: import.meta.dirname }, config, env, world);
  const posts = await openPosts(config.postsTable);
  return serve(createApp({ ...kit, posts }), kit, config);
});

async function openPosts(table: string | undefined): Promise<PostStore> {
  if (table === undefined) return createMemoryPostStore();
  const { openDynamoPostStore } = await import('./dynamo-post-store.ts');
  return openDynamoPostStore(table);
}

/** Node loads its `fetch` when it is first touched, 15 ms that a start outside ECS need not spend. */
function get(...request: Parameters<typeof fetch>): Promise<Response> {
  return fetch(...request);
}
