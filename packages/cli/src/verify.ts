import { setTimeout as delay } from 'node:timers/promises';
import { loadContracts } from '@slipway/contract';
import { doorUrl } from './balancers.ts';
import type { Target } from './target.ts';
import type { World } from './world.ts';

const TIMEOUT_MS = 5000;
/** Tasks that were stopped take a moment to come back. */
const PATIENCE_MS = 30_000;
const PAUSE_MS = 100;

/** What a service answers at the production door. */
export interface Verdict {
  service: string;
  url: string;
  /** What is wrong with it; undefined when it answers as it should. */
  fault?: string;
}

/**
 * Asks each service through the production door for its page and for who answers, until it answers and, when `commit`
 * is given, runs that commit; at most for half a minute.
 */
export async function verifyLive(
  world: World,
  target: Target,
  release: { product: string; commit?: string },
): Promise<Verdict[]> {
  const { services } = loadContracts(world.root);
  const door = await doorUrl(target, release.product, 'production');
  const limit = world.now() + PATIENCE_MS;
  return Promise.all(
    services.map(async ({ name: service, path }) => {
      const base = `${door}${path}`;
      let fault = await faultOf(base, release.commit);
      while (fault && world.now() < limit) {
        await delay(PAUSE_MS);
        fault = await faultOf(base, release.commit);
      }
      return { service, url: `${base}/`, ...(fault ? { fault } : {}) };
    }),
  );
}

async function faultOf(base: string, commit: string | undefined): Promise<string | undefined> {
  try {
    const page = await fetch(`${base}/`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (page.status !== 200) return `its page answered ${page.status}`;
    const answer = await fetch(`${base}/json`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (answer.status !== 200) return `/json answered ${answer.status}`;
    const told = (await answer.json()) as { commit?: string };
    return !commit || told.commit === commit ? undefined : `it runs commit ${told.commit}, not ${commit}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
