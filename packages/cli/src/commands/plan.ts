import { writeFile } from 'node:fs/promises';
import { definitionHash, findServices, loadEnvironments, platformHash } from '@slipway/contract';
import { rolledOutDefinition } from '../definition.ts';
import { removedLine, removedServices } from '../removed.ts';
import type { World } from '../world.ts';
import { release } from './release.ts';

const WORDS = {
  unchanged: 'The definition of the pipelines is unchanged.',
  changed: 'Contracts changed: their pipelines are checked and rolled out before anything is released.',
  platform:
    'The definition of the platform changed: it is checked and rolled out before anything is released.',
};

/**
 * `slipway plan`: tells whether the definition of the pipelines changed, and releases what the commit in this checkout
 * affects unless it did: then the definition is rolled out first. Names the services that run without a directory. Writes
 * shell exports for the buildspec.
 */
export async function plan(world: World, options: { commit: string; out?: string }): Promise<number> {
  const { name: product, environments } = loadEnvironments(world.root);
  const known = {
    product,
    environments: environments.map(({ name }) => name),
    services: findServices(world.root),
  };
  for (const service of await removedServices({}, known)) world.complain(removedLine(service));
  const rolledOut = await rolledOutDefinition({}, product);
  const definition = rolledOut.definition === definitionHash(world.root) ? 'unchanged' : 'changed';
  const platform = rolledOut.platform === platformHash(world.root) ? 'unchanged' : 'changed';
  world.say(WORDS[platform === 'changed' ? 'platform' : definition]);
  const code = definition === 'unchanged' ? await release(world, options) : 0;
  if (options.out) await writeFile(options.out, `export DEFINITION=${definition} PLATFORM=${platform}\n`);
  return code;
}
