import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { createCallers, createKit, run, serve, type World } from '@slipway/service-kit';
import { createApp } from './app.ts';
import type { ArticleStore } from './article-store.ts';
import { readConfig } from './config.ts';

const world: World = { now: () => new Date(), newId: randomUUID, hostname: hostname(), fetch: get };

run(process, async env => {
  const config = readConfig(env);
  const kit = createKit({ name: 'news', folder: import.meta.dirname }, config, env, world);
  const articles = await openArticles(config.newsroomTable);
  const callers = createCallers(config.userUrl, world);
  return serve(createApp({ ...kit, articles, callers }), kit, config);
});

async function openArticles(name: string | undefined): Promise<ArticleStore> {
  if (name === undefined) {
    const { createMemoryArticleStore } = await import('./memory-article-store.ts');
    return createMemoryArticleStore();
  }
  const { openDynamoArticleStore } = await import('./dynamo-article-store.ts');
  return openDynamoArticleStore({ ...world, name });
}

/** Node loads its `fetch` when it is first touched, 15 ms that a start outside ECS need not spend. */
function get(...request: Parameters<typeof fetch>): Promise<Response> {
  return fetch(...request);
}
