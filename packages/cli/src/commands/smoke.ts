import { setTimeout as delay } from 'node:timers/promises';
import { loadContracts, loadEnvironments } from '@slipway/contract';
import { doorUrl } from '../balancers.ts';
import { messageOf, UserError } from '../errors.ts';
import { supersedeOlder } from '../supersede.ts';
import type { World } from '../world.ts';

const ATTEMPTS = 5;
const PAUSE_MS = 500;
const TIMEOUT_MS = 5000;

/**
 * `slipway smoke`: asks a service through the door of an environment whether it is healthy and, when
 * `commit` is given, whether it is the released one. Throws a UserError with what it answered instead.
 */
export async function smoke(
  world: World,
  options: { service: string; environment: string; commit?: string },
): Promise<number> {
  const { name: product } = loadEnvironments(world.root);
  const { services } = loadContracts(world.root, { only: options.service });
  const contract = services[0];
  if (!contract) throw new UserError(`There is no service "${options.service}" in this checkout.`);
  const base = await doorUrl({}, product, options.environment);
  if (!base) throw new UserError(`The environment ${options.environment} has no balancer yet.`);
  await expectAnswer(`${base}${contract.health.path}`, async answer => {
    if (answer.status !== 200) return `status ${answer.status}`;
  });
  await expectAnswer(`${base}${contract.path}/json`, async answer => {
    const told = (await answer.json()) as { commit?: string };
    if (options.commit && told.commit !== options.commit)
      return `commit ${told.commit}, not ${options.commit}`;
  });
  world.say(`${options.service} answers in ${options.environment}.`);
  if (options.commit) await rejectStale(world, `${product}-${options.service}`, options.commit);
  return 0;
}

/** What was found good here takes the place of what older runs wait to be approved for. It never fails the check. */
async function rejectStale(world: World, pipeline: string, commit: string): Promise<void> {
  try {
    for (const stale of await supersedeOlder({}, pipeline, commit))
      world.say(`${stale} waited for an approval: it is superseded by ${commit}.`);
  } catch (error) {
    world.complain(`Older approvals could not be rejected: ${messageOf(error)}`);
  }
}

/** Asks `url` until `check` finds nothing wrong, at most a few times. */
async function expectAnswer(
  url: string,
  check: (answer: Response) => Promise<string | undefined>,
): Promise<void> {
  let wrong = '';
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (attempt > 0) await delay(PAUSE_MS);
    try {
      const found = await check(await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) }));
      if (found === undefined) return;
      wrong = found;
    } catch (error) {
      wrong = error instanceof Error ? error.message : String(error);
    }
  }
  throw new UserError(`${url} answered wrongly ${ATTEMPTS} times: ${wrong}`);
}
