import { join } from 'node:path';
import { loadAssets } from '../assets.ts';
import type { Identity } from '../identity.ts';
import type { Kit } from '../kit.ts';
import { createLogger } from '../logger.ts';
import { createMetrics } from '../metrics.ts';

export const testIdentity: Identity = {
  service: 'example',
  environment: 'test',
  ip: '127.0.0.1',
  hostname: 'host-1',
  task: 'task-1',
  imageDigest: `sha256:${'0'.repeat(64)}`,
  commit: 'c0ffee',
  version: 'slipway-example-test:1',
};

/** A kit whose log, clock, ids and identity are the test's: a second passes at every look at the clock. */
export function createTestKit(serviceFolder: string, output: string[] = []): Kit {
  let seconds = 0;
  let ids = 0;
  const drain = new AbortController();
  const now = () => new Date(Date.UTC(2030, 0, 1) + 1000 * seconds++);
  return {
    now,
    newId: () => `00000000-0000-4000-8000-${String(ids++).padStart(12, '0')}`,
    log: createLogger({ development: false, logLevel: 'debug' }, {}, now, {
      write: line => output.push(line),
    }),
    metrics: createMetrics({
      now,
      write: line => void output.push(line),
      service: testIdentity.service,
      environment: testIdentity.environment,
    }),
    whoAmI: async () => testIdentity,
    assets: loadAssets(join(serviceFolder, 'src')),
    draining: drain.signal,
    startDraining: () => drain.abort(),
  };
}
