import { loadContracts, loadEnvironments } from '@slipway/contract';
import { pendingApprovals } from '../approvals.ts';
import { doorUrl } from '../balancers.ts';
import { executionsOf, pipelineNames } from '../executions.ts';
import { liveServices } from '../live.ts';
import { shortName } from '../render.ts';
import { operatorTarget, type Target, type TargetOptions } from '../target.ts';
import type { World } from '../world.ts';

/** `slipway status`: what is live where, what the pipelines do, and what waits for whom. */
export async function status(world: World, options: TargetOptions): Promise<number> {
  await printStatus(world, await operatorTarget(world, options));
  return 0;
}

/** Prints the status of the target, a few lines per environment and one per pipeline. */
export async function printStatus(world: World, target: Target): Promise<void> {
  const { name: product, environments } = loadEnvironments(world.root);
  const { services } = loadContracts(world.root);
  for (const { name: environment } of environments.toReversed()) {
    const url = await doorUrl(target, product, environment);
    world.say(`${environment}  ${url ?? 'not there yet'}`);
    const live = await liveServices(target, {
      product,
      environment,
      services: services.map(each => each.name),
    });
    for (const { name, path } of services) {
      const found = live.find(each => each.service === name);
      const tasks = found ? `${found.running}/${found.desired} tasks` : 'not there';
      const version = found?.commit
        ? `${found.commit.slice(0, 10)}  ${shortVersion(found.taskDefinition)}`
        : 'not released';
      world.say(`  ${name.padEnd(10)} ${`${url ?? ''}${path}/`.padEnd(34)} ${tasks.padEnd(11)} ${version}`);
    }
  }
  world.say('pipelines');
  for (const pipeline of await pipelineNames(target, product)) {
    const newest = (await executionsOf(target, pipeline))[0];
    const waits = newest?.status === 'InProgress' ? await pendingApprovals(target, pipeline) : [];
    const state = waits[0] ? `waits for approval in ${waits[0].stage}` : (newest?.status ?? 'never ran');
    world.say(`  ${shortName(pipeline).padEnd(10)} ${state}`);
  }
}

function shortVersion(taskDefinition: string): string {
  return taskDefinition.slice(taskDefinition.lastIndexOf('/') + 1);
}
