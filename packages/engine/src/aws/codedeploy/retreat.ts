import type { Deployment } from './deployment.ts';
import { HEALTH_LIMIT_MS, POLL_MS } from './limits.ts';
import { close, cutShort, deadlineOf, enter, tell } from './record.ts';
import type { Scene } from './scene.ts';
import { healthyTargets, productionWeight, routesTo, shift } from './traffic.ts';

/** The way back: traffic to blue first, then blue is the primary task set again, then green goes. */
export async function retreat(scene: Scene, deployment: Deployment): Promise<number | undefined> {
  switch (deployment.phase) {
    case 'RerouteToBlue':
      return rerouteToBlue(scene, deployment);
    case 'RestorePrimary':
      return restorePrimary(scene, deployment);
    default:
      return deleteGreen(scene, deployment);
  }
}

/** Blue must be able to answer before it gets more than it has; a test listener is left where it cannot. */
async function rerouteToBlue(scene: Scene, deployment: Deployment): Promise<number | undefined> {
  const { context, ports } = scene;
  const { plan } = deployment;
  const blue = deployment.blue!;
  const green = deployment.green!;
  const now = context.clock.now();
  const carries = productionWeight(ports.elbv2, deployment) > 0;
  const blueAnswers = healthyTargets(ports.elbv2, blue.targetGroupArn) > 0;
  if (carries && !blueAnswers) {
    const deadline = deadlineOf(scene, deployment, HEALTH_LIMIT_MS);
    if (now < deadline) return Math.min(now + POLL_MS, deadline);
    giveUp(scene, deployment);
    return undefined;
  }
  const tests = blueAnswers ? plan.testListeners : [];
  const listeners = [...plan.productionListeners, ...tests].filter(listener =>
    routesTo(ports.elbv2, listener, { blue, green }),
  );
  await shift(ports.elbv2, listeners, { blue, green }, 0);
  enter(scene, deployment, 'RestorePrimary', stored => ({ ...stored, weight: 0 }));
  return undefined;
}

function giveUp(scene: Scene, deployment: Deployment): void {
  const { clock, store } = scene.context;
  const message = 'The original task set has no healthy target: traffic stays where it is.';
  const error = { code: 'HEALTH_CONSTRAINTS', message };
  store.transaction(() => {
    if (deployment.creator !== 'codeDeployRollback') return close(scene, deployment.id);
    const completed = clock.now();
    close(scene, deployment.id, stored => ({
      ...stored,
      status: 'Failed',
      completed,
      error,
      lifecycle: cutShort(stored.lifecycle, { message, now: completed }),
    }));
    tell(scene, deployment, 'FAILURE');
  });
}

async function restorePrimary(scene: Scene, deployment: Deployment): Promise<undefined> {
  const { ecs } = scene.ports;
  const blue = ecs.taskSet(deployment.blue!.taskSet);
  if (blue && blue.status !== 'PRIMARY') ecs.setPrimaryTaskSet(blue.id);
  enter(scene, deployment, 'DeleteGreen');
}

async function deleteGreen(scene: Scene, deployment: Deployment): Promise<number | undefined> {
  const { context, ports } = scene;
  const green = ports.ecs.taskSet(deployment.green!.taskSet);
  if (green) {
    if (green.status !== 'DRAINING') ports.ecs.deleteTaskSet(green.id);
    return context.clock.now() + POLL_MS;
  }
  context.store.transaction(() => {
    if (deployment.creator !== 'codeDeployRollback') return close(scene, deployment.id);
    const now = context.clock.now();
    close(scene, deployment.id, stored => ({
      ...stored,
      status: 'Succeeded',
      completed: now,
      lifecycle: stored.lifecycle.map(event => ({ ...event, status: 'Succeeded', ended: now })),
    }));
    tell(scene, deployment, 'SUCCESS');
  });
  return undefined;
}
