import type { Deployment } from './deployment.ts';
import { failure, type Halt } from './halt.ts';
import { HEALTH_LIMIT_MS, MOST_FAILED_TASKS, POLL_MS } from './limits.ts';
import type { TaskSet } from './ports.ts';
import { change, enter } from './record.ts';
import type { Scene } from './scene.ts';
import { healthyTargets } from './traffic.ts';

/** Makes the replacement task set in the free target group, then waits until it is steady and healthy. */
export async function install(scene: Scene, deployment: Deployment): Promise<Halt | number | undefined> {
  const { context, ports } = scene;
  if (!deployment.green) {
    createGreen(scene, deployment);
    return undefined;
  }
  const green = ports.ecs.taskSet(deployment.green.taskSet);
  if (!green) return failure(deployment, 'ECS_UPDATE_ERROR', 'The replacement task set was deleted.');
  if (isReady(scene, green, deployment.green.targetGroupArn)) {
    enter(scene, deployment, 'AfterInstall');
    return undefined;
  }
  const steady = green.stabilityStatus === 'STEADY_STATE';
  if (!steady && green.failedTasks >= MOST_FAILED_TASKS)
    return failure(
      deployment,
      'CUSTOMER_APPLICATION_UNHEALTHY',
      `${green.failedTasks} tasks of the replacement task set failed and it never became steady.`,
    );
  const now = context.clock.now();
  const { deadline } = deployment;
  if (deadline !== undefined && now >= deadline)
    return failure(
      deployment,
      'TIMEOUT',
      `The deployment timed out while waiting for the replacement task set to become healthy. This time out period is ${HEALTH_LIMIT_MS / 60_000} minutes.`,
    );
  return Math.min(now + POLL_MS, deadline ?? Number.POSITIVE_INFINITY);
}

/** Steady, and every task of it behind the target group and healthy there. */
export function isReady({ ports }: Scene, green: TaskSet, targetGroupArn: string): boolean {
  return (
    green.stabilityStatus === 'STEADY_STATE' &&
    green.desired > 0 &&
    healthyTargets(ports.elbv2, targetGroupArn) >= green.desired
  );
}

function createGreen(scene: Scene, deployment: Deployment): void {
  const { ecs, elbv2 } = scene.ports;
  const { plan, spec } = deployment;
  const blue = deployment.blue!;
  const arns = plan.targetGroups.map(name => elbv2.targetGroupArn(name));
  const targetGroupArn = arns.find(each => each !== blue.targetGroupArn)!;
  scene.context.store.transaction(() => {
    const taskSet = ecs.createTaskSet({
      token: `${deployment.id}/green`,
      cluster: plan.cluster,
      service: plan.service,
      taskDefinition: spec.taskDefinition,
      targetGroupArn,
      containerName: spec.containerName,
      containerPort: spec.containerPort,
      scalePercent: 100,
      externalId: deployment.id,
    });
    change(scene, deployment.id, stored => ({
      ...stored,
      green: { taskSet, targetGroupArn, taskDefinition: spec.taskDefinition },
      deadline: scene.context.clock.now() + HEALTH_LIMIT_MS,
    }));
  });
}
