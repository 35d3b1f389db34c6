import { formatProblem, loadContracts, loadEnvironments } from '@slipway/contract';
import { type Judgement, judgeServices } from '../affected.ts';
import { messageOf } from '../errors.ts';
import { startExecution } from '../executions.ts';
import type { World } from '../world.ts';

/**
 * `slipway release`: starts the delivery pipeline of each service that the commit in this checkout affects, and says of
 * every service why. A contract that is not good is told; that service's own build fails on it. A pipeline that cannot
 * be started holds back no other: the exit code is 1 then.
 */
export async function release(world: World, { commit }: { commit: string }): Promise<number> {
  for (const problem of loadContracts(world.root).problems) world.complain(formatProblem(problem));
  const { name: product } = loadEnvironments(world.root);
  const judgements = await judgeServices({}, { root: world.root, commit });
  for (const { service, reason, start } of judgements)
    world.say(`${start ? '→' : '·'} ${service} ${reason}${start ? ': it is released' : ''}.`);
  const started = await Promise.all(
    judgements.filter(({ start }) => start).map(each => startOne(world, product, commit, each)),
  );
  if (judgements.every(({ start }) => !start)) world.say('No service is affected.');
  return started.every(Boolean) ? 0 : 1;
}

async function startOne(
  world: World,
  product: string,
  commit: string,
  { service, content }: Judgement,
): Promise<boolean> {
  const pipeline = `${product}-${service}`;
  try {
    await startExecution({}, pipeline, { commit, content });
    return true;
  } catch (error) {
    world.complain(`${pipeline} could not be started: ${messageOf(error)}`);
    return false;
  }
}
