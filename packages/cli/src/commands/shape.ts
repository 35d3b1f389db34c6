import { writeFile } from 'node:fs/promises';
import { type Environments, loadEnvironments } from '@slipway/contract';
import { recordedShapes } from '../shapes.ts';
import type { World } from '../world.ts';

/**
 * `slipway shape`: writes what the live stacks of services recorded of themselves, for a synthesis to compare with. A
 * service that is not live anywhere has recorded nothing, and nothing of it is frozen.
 */
export async function shape(world: World, options: { service: string[]; out: string }): Promise<number> {
  const environments: Environments = loadEnvironments(world.root);
  const { shapes, unread } = await recordedShapes({}, environments, options.service);
  for (const { name, account } of unread)
    world.complain(`${name} is in account ${account}, out of reach from here: its shape is not compared.`);
  await writeFile(options.out, `${JSON.stringify(shapes, null, 2)}\n`);
  const count = Object.keys(shapes).length;
  world.say(`Live stacks recorded ${count === 1 ? 'one shape' : `${count} shapes`}.`);
  return 0;
}
