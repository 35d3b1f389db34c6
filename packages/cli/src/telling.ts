import { findServices, loadEnvironments, productOf } from '@slipway/contract';
import { changeBehind, changeLines } from './gate.ts';
import type { OutcomeOptions } from './outcome.ts';
import { owners } from './owners.ts';
import { approverOf } from './render.ts';
import type { Target, TargetOptions } from './target.ts';
import type { World } from './world.ts';

/**
 * How a command tells an outcome: who approves and how, and the commits that an approval would bring, as the history in
 * `directory` knows them.
 */
export function tellingOf(
  world: World,
  target: Target,
  options: TargetOptions,
  directory = world.root,
): OutcomeOptions {
  const teamOf = owners(world.root);
  return {
    platform: `${productOf(world.root)}-platform`,
    approver: service => approverOf(service, teamOf(service), options),
    change: async gate =>
      changeLines(
        await changeBehind(target, loadEnvironments(world.root), {
          ...{ gate, root: directory, services: findServices(world.root) },
        }),
      ),
  };
}
