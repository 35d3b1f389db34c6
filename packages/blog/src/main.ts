import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { createCallers, createKit, run, serve } from '@slipway/service-kit';
import { createApp } from './app.ts';
import { readConfig } from './config.ts';
import { openStores } from './stores.ts';

const world = { now: () => new Date(), newId: randomUUID, hostname: hostname(), fetch: get };

run(process, async env => {
  const config = readConfig(env);
  const kit = createKit({ name: 'blog', folder: import.meta.dirname }, config, env, world);
  const callers = createCallers(config.userUrl, world);
  const app = createApp({ ...kit, ...(await openStores(config.tables)), callers });
  return serve(app, kit, config);
});

/** Node loads its `fetch` when it is first touched, 15 ms that a start outside ECS need not spend. */
function get(...request: Parameters<typeof fetch>): Promise<Response> {
  return fetch(...request);
}
