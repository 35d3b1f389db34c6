import { answersOf, type Where } from '../../src/services.ts';
import type { World } from '../../src/world.ts';

/** The commit that each service answers with, by its name. */
export async function commitsAt(world: World, where: Where): Promise<Record<string, string | undefined>> {
  const answers = await answersOf(world.door(where));
  return Object.fromEntries(answers.map(({ service, commit }) => [service, commit]));
}

/** Approves each of the services and waits for the commit; returns the exit code of `slipway wait`. */
export async function approveAll(
  world: World,
  commit: string,
  ...services: string[]
): Promise<number | null> {
  await Promise.all(services.map(service => world.cli.run('approve', service)));
  return (await world.cli.run('wait', commit)).code;
}
