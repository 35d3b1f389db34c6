import { type Assets, loadAssets } from './assets.ts';
import type { Environment, ServiceConfig } from './config.ts';
import { createIdentity, type WhoAmI } from './identity.ts';
import { createLogger, type Logger, openOutput } from './logger.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import type { World } from './world.ts';

/** What every service's `createApp` is given besides its own stores. */
export type Kit = Pick<World, 'now' | 'newId'> & {
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly whoAmI: WhoAmI;
  readonly assets: Assets;
  /** Aborts when the process begins to drain: what goes on without an end, such as a stream, ends then. */
  readonly draining: AbortSignal;
  /** Called by `serve`, and by tests. */
  readonly startDraining: () => void;
};

/** Returns the kit of a service whose `main` is in `folder`. */
export function createKit(
  service: { name: string; folder: string },
  config: ServiceConfig,
  env: Environment,
  world: World,
): Kit {
  const { now, newId } = world;
  const environment = env.SLIPWAY_ENVIRONMENT || 'local';
  const output = openOutput();
  const drain = new AbortController();
  const write = config.development ? () => {} : (line: string) => void output.write(line);
  return {
    now,
    newId,
    log: createLogger(config, { service: service.name, environment }, now, output),
    metrics: createMetrics({ now, write, service: service.name, environment }),
    whoAmI: createIdentity(env, { ...world, service: service.name }),
    assets: loadAssets(service.folder),
    draining: drain.signal,
    startDraining: () => drain.abort(),
  };
}
