import type { Deployment, Side } from './deployment.ts';
import { failure, type Halt } from './halt.ts';
import { hookFault } from './hook.ts';
import { HEALTH_LIMIT_MS, POLL_MS } from './limits.ts';
import type { TaskSet } from './ports.ts';
import { deadlineOf, enter } from './record.ts';
import type { Scene } from './scene.ts';
import { healthyTargets, shift } from './traffic.ts';

/**
 * Looks before anything is made: who serves, behind which target group, and whether the listener agrees. What an
 * earlier deployment without rollback left behind is removed, its traffic first.
 */
export async function prepare(scene: Scene, deployment: Deployment): Promise<Halt | number | undefined> {
  const found = findSides(scene, deployment);
  if ('code' in found) return found;
  const { blue, others, greenArn, serviceArn } = found;
  if (others.length > 0) return clear(scene, deployment, { blue, others, greenArn });
  enter(scene, deployment, 'BeforeInstall', stored => ({
    ...stored,
    status: 'InProgress',
    blue,
    serviceArn,
  }));
  return undefined;
}

type Found = { blue: Side; others: TaskSet[]; greenArn: string; serviceArn: string };

function findSides(scene: Scene, deployment: Deployment): Found | Halt {
  const { ecs, elbv2 } = scene.ports;
  const { plan } = deployment;
  const fail = (code: string, message: string) => failure(deployment, code, message);
  const fault = hookFault(scene, deployment);
  if (fault) return fail('HOOK_EXECUTION_FAILURE', fault);
  const service = ecs.service(plan.cluster, plan.service);
  if (!service)
    return fail(
      'INVALID_ECS_SERVICE',
      `The ECS service ${plan.service} in cluster ${plan.cluster} was not found`,
    );
  const primary = service.taskSets.find(each => each.status === 'PRIMARY');
  if (!primary) return fail('INVALID_ECS_SERVICE', `The ECS service ${plan.service} has no primary task set`);
  if (primary.desired < 1)
    return fail(
      'INVALID_ECS_SERVICE',
      `The ECS service ${plan.service} has a desired count of 0: traffic is never shifted to an empty target group`,
    );
  const arns = plan.targetGroups.map(name => elbv2.targetGroupArn(name));
  const missing = plan.targetGroups.find((_, index) => !arns[index]);
  if (missing) return fail('ELASTIC_LOAD_BALANCING_INVALID', `The target group ${missing} was not found`);
  const blueArn = primary.targetGroupArn;
  const greenArn = arns.find(each => each !== blueArn);
  if (!blueArn || !arns.includes(blueArn) || !greenArn)
    return fail(
      'ELASTIC_LOAD_BALANCING_INVALID',
      `The primary task set is behind ${blueArn ?? 'no target group'}, which is none of the deployment group's pair`,
    );
  const astray = plan.productionListeners.find(
    listener => !Object.hasOwn(elbv2.weights(listener, arns as string[]), blueArn),
  );
  if (astray)
    return fail(
      'ELASTIC_LOAD_BALANCING_INVALID',
      `The ELB could not be updated due to the following error: Primary taskset target group must be behind listener ${astray}`,
    );
  const blue = { taskSet: primary.id, targetGroupArn: blueArn, taskDefinition: primary.taskDefinition };
  const others = service.taskSets.filter(each => each.id !== primary.id);
  return { blue, others, greenArn, serviceArn: service.arn };
}

async function clear(
  scene: Scene,
  deployment: Deployment,
  { blue, others, greenArn }: Pick<Found, 'blue' | 'others' | 'greenArn'>,
): Promise<Halt | number> {
  const { context, ports } = scene;
  const now = context.clock.now();
  const deadline = deadlineOf(scene, deployment, HEALTH_LIMIT_MS);
  if (now >= deadline)
    return failure(
      deployment,
      'TIMEOUT',
      'The deployment timed out while waiting for the task sets of an earlier deployment to be removed.',
    );
  const next = Math.min(now + POLL_MS, deadline);
  const { productionListeners } = deployment.plan;
  const astray = productionListeners.filter(
    each => (ports.elbv2.weights(each, [blue.targetGroupArn, greenArn])[greenArn] ?? 0) > 0,
  );
  if (astray.length > 0) {
    if (healthyTargets(ports.elbv2, blue.targetGroupArn) === 0) return next;
    await shift(ports.elbv2, productionListeners, { blue, green: { targetGroupArn: greenArn } }, 0);
  }
  for (const other of others) if (other.status !== 'DRAINING') ports.ecs.deleteTaskSet(other.id);
  return next;
}
