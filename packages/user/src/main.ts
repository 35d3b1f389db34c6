import { randomBytes, randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { createKit, run, serve } from '@slipway/service-kit';
import { createApp } from './app.ts';
import { readConfig } from './config.ts';
import { limitHashing } from './hash-queue.ts';
import { createPasswords } from './password.ts';
import { deriveSigningKeys } from './signing-keys.ts';
import { openStores } from './stores.ts';

const world = { now: () => new Date(), newId: randomUUID, hostname: hostname(), fetch: get };
/** Two hashes take 38 MiB of a task's 512; those who wait are served within about two seconds. */
const hashing = { atOnce: 2, waiting: 16 };

run(process, async env => {
  const config = readConfig(env);
  const kit = createKit({ name: 'user', folder: import.meta.dirname }, config, env, world);
  if (config.tables && !config.signingSecrets) {
    kit.log.warn('SIGNING_KEY is not set: access tokens of this process count in no other one');
  }
  const app = createApp({
    ...kit,
    stores: await openStores(config.tables, kit.now),
    passwords: limitHashing(createPasswords(randomBytes), hashing),
    keys: deriveSigningKeys(config.signingSecrets ?? [randomBytes(32).toString('hex')]),
    cookieName: config.cookieName,
    random: randomBytes,
  });
  return serve(app, kit, config);
});

/** Node loads its `fetch` when it is first touched, 15 ms that a start outside ECS need not spend. */
function get(...request: Parameters<typeof fetch>): Promise<Response> {
  return fetch(...request);
}
