import { shiftsOf } from './config.ts';
import type { Deployment } from './deployment.ts';
import { failure, type Halt } from './halt.ts';
import { isReady } from './install.ts';
import { HEALTH_LIMIT_MS, POLL_MS } from './limits.ts';
import { change, deadlineOf, enter } from './record.ts';
import type { Scene } from './scene.ts';
import { routesTo, shift } from './traffic.ts';

/** Points the test listener at green. */
export async function allowTestTraffic(
  scene: Scene,
  deployment: Deployment,
): Promise<Halt | number | undefined> {
  const held = hold(scene, deployment, deployment.plan.testListeners);
  if (held !== undefined) return held;
  const { blue, green } = deployment;
  await shift(scene.ports.elbv2, deployment.plan.testListeners, { blue: blue!, green: green! }, 100);
  enter(scene, deployment, 'AfterAllowTestTraffic');
  return undefined;
}

/** Makes the shifts of the routing one by one, each only when its wait is over and green could take all. */
export async function allowTraffic(scene: Scene, deployment: Deployment): Promise<Halt | number | undefined> {
  const { context, ports } = scene;
  const next = shiftsOf(deployment.plan.routing)[deployment.shifts];
  if (!next) {
    enter(scene, deployment, 'AfterAllowTraffic');
    return undefined;
  }
  const now = context.clock.now();
  if (deployment.until !== undefined && now < deployment.until)
    return Math.min(now + POLL_MS, deployment.until);
  const held = hold(scene, deployment, deployment.plan.productionListeners);
  if (held !== undefined) return held;
  const { blue, green } = deployment;
  await shift(ports.elbv2, deployment.plan.productionListeners, { blue: blue!, green: green! }, next.percent);
  const shifted = context.clock.now();
  change(scene, deployment.id, ({ deadline: _, ...stored }) => ({
    ...stored,
    weight: next.percent,
    shifts: stored.shifts + 1,
    until: shifted + context.pace.divided(next.thenWaitMinutes * 60_000),
  }));
  return undefined;
}

/**
 * The guard before every shift: green must be steady with as many healthy targets as it should have, and the listener
 * must hold one of the two target groups. Undefined when traffic may go; else when to look again, or why not at all.
 */
function hold(scene: Scene, deployment: Deployment, listeners: string[]): Halt | number | undefined {
  const { context, ports } = scene;
  const blue = deployment.blue!;
  const green = deployment.green!;
  const astray = listeners.find(listener => !routesTo(ports.elbv2, listener, { blue, green }));
  if (astray)
    return failure(
      deployment,
      'ELASTIC_LOAD_BALANCING_INVALID',
      `The ELB could not be updated due to the following error: Primary taskset target group must be behind listener ${astray}`,
    );
  const taskSet = ports.ecs.taskSet(green.taskSet);
  if (!taskSet) return failure(deployment, 'ECS_UPDATE_ERROR', 'The replacement task set was deleted.');
  if (isReady(scene, taskSet, green.targetGroupArn)) return undefined;
  const now = context.clock.now();
  const deadline = deadlineOf(scene, deployment, HEALTH_LIMIT_MS);
  if (now < deadline) return Math.min(now + POLL_MS, deadline);
  return failure(
    deployment,
    'HEALTH_CONSTRAINTS',
    'The replacement task set has too few healthy targets: traffic is not shifted to it.',
  );
}
