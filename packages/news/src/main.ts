import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { createKit, run, serve } from '@slipway/service-kit';
import { createApp } from './app.ts';
import { type ArticleStore, createMemoryArticleStore } from './article-store.ts';
import { readConfig } from './config.ts';

const world = { now: () => new Date(), newId: randomUUID, hostname: hostname(), fetch: get };

run(process, async env => {
  const config = readConfig(env);
  const kit = createKit({ name: 'news', folder: import.meta.dirname }, config, env, world);
  const articles = await openArticles(config.articlesTable);
  return serve(createApp({ ...kit, articles }), kit, config);
});

async function openArticles(table: string | undefined): Promise<ArticleStore> {
  if (table === undefined) return createMemoryArticleStore();
  const { openDynamoArticleStore } = await import('./dynamo-article-store.ts');
  return openDynamoArticleStore(table);
}

/** Node loads its `fetch` when it is first touched, 15 ms that a start outside ECS need not spend. */
function get(...request: Parameters<typeof fetch>): Promise<Response> {
  return fetch(...request);
}
