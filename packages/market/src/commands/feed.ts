/** The feed as a process of its own: the container beside the service runs it and tells what the generator says. */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { createKit, readServiceConfig, run, serve } from '@slipway/service-kit';
import { systemClock } from '../clock.ts';
import { createFeedServer } from '../feed-server.ts';
import { openGenerator } from '../open.ts';

const world = { now: () => new Date(), newId: randomUUID, hostname: hostname(), fetch };

run(process, async env => {
  const config = readServiceConfig(env);
  const kit = createKit({ name: 'market', folder: import.meta.dirname }, config, env, world);
  return serve(createFeedServer(openGenerator(systemClock), kit.draining), kit, config);
});
