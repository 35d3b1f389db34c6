import { loadEnvironments } from '@slipway/contract';
import { UserError } from '../errors.ts';
import { liveServices } from '../live.ts';
import { groupOfPlace, placesOf } from '../places.ts';
import { duration } from '../render.ts';
import { type End, goBack } from '../return.ts';
import { goBackByEcs } from '../return-by-ecs.ts';
import { activeRollout, releasesOf } from '../service-deployments.ts';
import { operatorAccess, type TargetOptions } from '../target.ts';
import { activeDeployment, groupOf, nameOf, revisionOf, type Version, versionsOf } from '../versions.ts';
import type { World } from '../world.ts';

export interface RollbackOptions extends TargetOptions {
  service: string;
  environment: string;
  to?: string;
}

/**
 * `slipway rollback <service>`: deploys an earlier version again through the same cut-over as every release (CodeDeploy: all
 * at once; ECS: by the service's strategy), and waits until it has the traffic. When a release is under way or so new that the version before it still
 * runs, that deployment is stopped instead and traffic returns at once.
 */
export async function rollback(world: World, options: RollbackOptions): Promise<number> {
  const { service, environment, to } = options;
  const access = await operatorAccess(world, options);
  const environments = loadEnvironments(world.root);
  const { name: product } = environments;
  const target = placesOf(environments, access)(environment);
  const [live] = await liveServices(target, { product, environment, services: [service] });
  if (!live) throw new UserError(`There is no service "${service}" in ${environment}.`);
  const wish = { service, environment, ...(to !== undefined && { to }) };
  const startedAt = world.now();
  const watch = {
    tell: (line: string): void => world.say(`${duration(world.now() - startedAt).padStart(12)}  ${line}`),
    signal: world.interruption(),
  };
  const say = (version: Version): void =>
    world.say(`${service} in ${environment} goes back to ${nameOf(version)}.`);
  let version: Version;
  let end: End | undefined;
  if (live.controller === 'ecs') {
    const place = { cluster: `${product}-${groupOfPlace(environment)}`, service };
    const [versions, active] = await Promise.all([releasesOf(target, place), activeRollout(target, place)]);
    // What ECS is bringing is what is to be taken back.
    const taskDefinition = live.rollout ?? live.taskDefinition;
    version = chooseVersion(versions, { ...live, ...active, taskDefinition }, wish);
    say(version);
    end = await goBackByEcs(target, { place, version, ...watch });
  } else {
    const group = groupOf({ product, service, environment });
    const [versions, active] = await Promise.all([
      versionsOf(target, group),
      activeDeployment(target, group),
    ]);
    const chosen = chooseVersion(versions, { ...live, ...active }, wish);
    say(chosen);
    end = await goBack(target, { group, version: chosen, ...watch });
    version = chosen;
  }
  if (!end) {
    world.say('Not watched any longer; what was begun goes on. See: npx slipway status');
    return 0;
  }
  if (!end.good) throw new UserError(`The rollback did not succeed (${end.deployment}): ${end.reason}`);
  world.say(`✓ ${service} in ${environment} is at ${nameOf(version)} again.`);
  return 0;
}

/** What has the traffic, and the version that a deployment under way would return to. */
export interface Present {
  taskDefinition: string;
  commit?: string;
  /** The blue side of the deployment under way: what was live before it. */
  blue?: string;
}

/** The version to go back to. Throws a UserError that names those that there are. */
export function chooseVersion<Known extends Version>(
  versions: Known[],
  present: Present,
  { service, environment, to }: { service: string; environment: string; to?: string },
): Known {
  const before = versions.find(version => version.taskDefinition === present.blue);
  const others = versions.filter(version => version.taskDefinition !== present.taskDefinition);
  const known = others.length > 0 ? ` There are: ${others.map(nameOf).join(', ')}.` : '';
  if (to !== undefined) {
    const found = versions.find(version => isMeant(version, to));
    if (!found) throw new UserError(`No version "${to}" of ${service} was live in ${environment}.${known}`);
    if (found !== before && found.taskDefinition === present.taskDefinition)
      throw new UserError(`${nameOf(found)} is live in ${environment} already.${known}`);
    return found;
  }
  if (before && before.revision <= revisionOf(present.taskDefinition)) return before;
  const previous = others.find(
    version =>
      version.revision < revisionOf(present.taskDefinition) &&
      (version.commit === undefined || version.commit !== present.commit),
  );
  if (previous) return previous;
  const choose = known && `${known} Choose with --to.`;
  throw new UserError(`No earlier version of ${service} was live in ${environment}.${choose}`);
}

/** A revision's number, or a commit by at least seven characters. */
function isMeant({ revision, commit }: Version, wish: string): boolean {
  if (/^\d{1,6}$/.test(wish)) return revision === Number(wish);
  return wish.length >= 7 && commit?.startsWith(wish) === true;
}
