import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { createKit, run, serve } from '@slipway/service-kit';
import { createApp } from './app.ts';
import { systemClock } from './clock.ts';
import { readConfig } from './config.ts';
import { openFeed, openHistory } from './open.ts';

const world = { now: () => new Date(), newId: randomUUID, hostname: hostname(), fetch: get };

run(process, async env => {
  const config = readConfig(env);
  const kit = createKit({ name: 'market', folder: import.meta.dirname }, config, env, world);
  const feed = openFeed(config, systemClock, kit.log);
  const app = createApp({ ...kit, ...(await openHistory(config, feed)) });
  return serve(app, kit, config);
});

/** Node loads its `fetch` when it is first touched, 15 ms that a start outside ECS need not spend. */
function get(...request: Parameters<typeof fetch>): Promise<Response> {
  return fetch(...request);
}
