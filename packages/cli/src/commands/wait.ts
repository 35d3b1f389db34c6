import { setTimeout as delay } from 'node:timers/promises';
import { productOf } from '@slipway/contract';
import { readCheckout } from '../checkout.ts';
import { UserError } from '../errors.ts';
import { contains } from '../history.ts';
import { EXIT_CODES, outcomeOf } from '../outcome.ts';
import { type Run, runsOfCommit } from '../runs.ts';
import { operatorTarget, pauseOf, type TargetOptions } from '../target.ts';
import { tellingOf } from '../telling.ts';
import type { World } from '../world.ts';

/** A push that was made a moment ago is not taken up yet. */
const HINT_AFTER_MS = 10_000;

/**
 * `slipway wait [commit]`: waits until everything that the commit affects is live (0), something of it failed (1),
 * waits for an approval (3) or was overtaken by a newer push (4). Throws a UserError when nothing settles in time.
 */
export async function wait(
  world: World,
  options: TargetOptions & { commit?: string; timeout: number },
): Promise<number> {
  const target = await operatorTarget(world, options);
  const product = productOf(world.root);
  const commit = options.commit ?? (await readCheckout(world.root)).head;
  const telling = tellingOf(world, target, options);
  const repository = { directory: world.root };
  const startedAt = world.now();
  const look = (): Promise<Run[] | undefined> =>
    runsOfCommit(target, {
      product,
      commit,
      contains: (whole, part) => contains(repository, whole, part),
    }).catch(error => {
      if (error?.name !== 'PipelineNotFoundException') throw error;
      throw new UserError(`There is no pipeline ${product}-platform: nothing is released here yet.`);
    });
  for (let isHinted = false; ; ) {
    const runs = await look();
    const outcome = runs && (await outcomeOf(target, runs, telling));
    const waitedMs = world.now() - startedAt;
    if (runs === undefined && waitedMs > HINT_AFTER_MS && !isHinted) {
      world.complain(`No pipeline has taken up ${commit.slice(0, 10)} so far: is it pushed?`);
      isHinted = true;
    }
    if (outcome) {
      for (const line of outcome.lines) world.say(line);
      return EXIT_CODES[outcome.state];
    }
    if (waitedMs > options.timeout * 1000)
      throw new UserError(`Nothing settled for ${commit} within ${options.timeout} s.`);
    await delay(pauseOf(target));
  }
}
