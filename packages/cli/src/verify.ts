import { loadContracts } from '@slipway/contract';
import { doorUrl } from './balancers.ts';
import type { Checkout } from './checkout.ts';
import type { Door } from './doors.ts';
import type { Target } from './target.ts';
import type { World } from './world.ts';

const TIMEOUT_MS = 5000;

/** Asks each service through the production door for its page and who answers; 0 when all have the commit. */
export async function verifyLive(
  world: World,
  release: { checkout: Checkout; doors: Door[]; environments: { name: string } },
  target: Target,
): Promise<number> {
  const { services } = loadContracts(world.root);
  const door = await doorUrl(target, release.environments.name, 'production');
  let wrong = 0;
  for (const { name, path } of services) {
    const fault = await faultOf(`${door}${path}`, release.checkout.head);
    if (fault) {
      wrong++;
      world.complain(`✗ ${name} at ${door}${path}/: ${fault}`);
    } else world.complain(`✓ ${name} answers at ${door}${path}/ with ${release.checkout.head.slice(0, 10)}`);
  }
  return wrong === 0 ? 0 : 1;
}

async function faultOf(base: string, commit: string): Promise<string | undefined> {
  try {
    const page = await fetch(`${base}/`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (page.status !== 200) return `its page answered ${page.status}`;
    const answer = await fetch(`${base}/json`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (answer.status !== 200) return `/json answered ${answer.status}`;
    const told = (await answer.json()) as { commit?: string };
    return told.commit === commit ? undefined : `it runs commit ${told.commit}, not ${commit}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
