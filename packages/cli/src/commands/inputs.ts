import { ContractError, loadContracts } from '@slipway/contract';
import { UserError } from '../errors.ts';
import { buildInputs } from '../inputs.ts';
import type { World } from '../world.ts';

/**
 * `slipway inputs`: prints the hash of one service's build inputs. It is the first thing that a build asks, so a
 * contract that is not good is told here: a ContractError with file, line and what to do.
 */
export async function inputs(world: World, service: string): Promise<number> {
  const { problems } = loadContracts(world.root, { only: service });
  if (problems.length > 0) throw new ContractError(problems);
  const hash = (await buildInputs(world.root, [service]))[service];
  if (!hash) throw new UserError(`There is no service "${service}".`);
  world.say(hash);
  return 0;
}
