import { findServices, loadEnvironments, suggest } from '@slipway/contract';
import { type Belongings, belongingsOf, goingLines, isGone, keptLines } from '../belongings.ts';
import { UserError } from '../errors.ts';
import { placesOf } from '../places.ts';
import { carryOut } from '../removal.ts';
import { isServiceName, removedServices } from '../removed.ts';
import { duration } from '../render.ts';
import { refuseProtected } from '../stack-deletion.ts';
import { operatorAccess, type Target, type TargetOptions } from '../target.ts';
import { refuseWanted } from '../wanted.ts';
import type { World } from '../world.ts';

export interface RemoveOptions extends TargetOptions {
  service: string;
  yes: boolean;
}

/**
 * `slipway remove <service>`: drains and deletes a service whose directory is gone and keeps its data, after its name was
 * typed on the terminal or with `--yes`. Called again, it goes on with what is left. Returns 1 when it was not
 * confirmed, 130 when it was interrupted.
 */
export async function remove(world: World, options: RemoveOptions): Promise<number> {
  const { service } = options;
  const access = await operatorAccess(world, options);
  const target = access.home;
  const environments = loadEnvironments(world.root);
  const at = placesOf(environments, access);
  const place = {
    product: environments.name,
    environments: environments.environments.map(({ name }) => name),
    at,
  };
  if (findServices(world.root).includes(service))
    throw new UserError(
      `packages/${service} is still in this checkout: remove the directory, commit and push first.`,
    );
  const belongings = await knownBelongings(world, target, { ...place, service });
  if (isGone(belongings)) {
    world.say(`${service} is removed already.`);
    tellKept(world, service, belongings);
    return 0;
  }
  await refuseWanted(target, { product: place.product, service, root: world.root });
  for (const { environment, stack } of belongings.places)
    if (stack) await refuseProtected(at(environment), [stack]);
  for (const { environment, stack } of belongings.roles) await refuseProtected(at(environment), [stack]);
  if (belongings.pipeline) await refuseProtected(target, [belongings.pipeline]);

  world.say(`This is deleted of ${service}:`);
  for (const line of goingLines(belongings)) world.say(line);
  world.say('This is kept:');
  for (const line of keptLines(belongings.kept)) world.say(line);
  if (!options.yes && !(await confirm(world, service))) {
    world.say('Nothing was removed.');
    return 1;
  }

  const startedAt = world.now();
  const tell = (line: string): void =>
    world.say(`${duration(world.now() - startedAt).padStart(12)}  ${line}`);
  const signal = world.interruption();
  const again = `npx slipway remove ${service}`;
  const done = await carryOut(target, belongings, {
    product: place.product,
    service,
    at,
    tell,
    signal,
  }).catch(error => {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(
      `${error.message}\nWhat was deleted before stays deleted; ${again} goes on from there.`,
    );
  });
  if (!done) {
    world.say(`Interrupted: what was begun goes on, the rest is left as it is. ${again} goes on from there.`);
    return 130;
  }
  world.say(`✓ ${service} is removed.`);
  tellKept(world, service, belongings);
  return 0;
}

/** Throws a UserError for a service that there is nothing of, with the one that is probably meant. */
async function knownBelongings(
  world: World,
  target: Target,
  where: { product: string; environments: string[]; service: string; at(place: string): Target },
): Promise<Belongings> {
  const { service } = where;
  const found = isServiceName(service) && (await belongingsOf(target, where));
  if (found && !(isGone(found) && found.kept.length === 0)) return found;
  const services = findServices(world.root);
  const removed = await removedServices(target, { ...where, services });
  const meant = suggest(service, [...removed, ...services]);
  const others =
    removed.length > 0
      ? `Without a directory and still running: ${removed.join(', ')}.`
      : 'Every service that runs has its directory.';
  throw new UserError(
    `There is nothing of a service "${service}" here${meant ? `: did you mean ${meant}?` : '.'} ${others}`,
  );
}

async function confirm(world: World, service: string): Promise<boolean> {
  const typed = await world.ask(`Type ${service} to delete it: `);
  if (typed === undefined)
    throw new UserError('There is no terminal to confirm on: --yes removes without being asked.');
  return typed.trim() === service;
}

function tellKept(world: World, service: string, { kept }: Belongings): void {
  world.say(`Kept:`);
  for (const line of keptLines(kept)) world.say(line);
  world.say(`Put packages/${service} back, commit and push, and it comes back to what it left.`);
  if (kept.length > 0) world.say('docs/recipes/remove-a-service.md tells how to delete this for good, too.');
}
