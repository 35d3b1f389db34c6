import { UserError } from '../errors.ts';
import { buildInputs } from '../inputs.ts';
import type { World } from '../world.ts';

/** `slipway inputs`: prints the hash of one service's build inputs. */
export async function inputs(world: World, service: string): Promise<number> {
  const hash = (await buildInputs(world.root, [service]))[service];
  if (!hash) throw new UserError(`There is no service "${service}".`);
  world.say(hash);
  return 0;
}
