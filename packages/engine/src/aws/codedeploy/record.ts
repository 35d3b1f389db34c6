import type { Deployment, LifecycleEvent, Phase } from './deployment.ts';
import { type DeploymentState, deploymentEvent } from './events.ts';
import type { Scene } from './scene.ts';

type Change = (deployment: Deployment) => Deployment;

/** Changes the stored deployment; what the API wrote meanwhile (a stop) is kept. */
export function change({ context, tables }: Scene, id: string, by: Change): Deployment {
  return tables.deployments.update(id, stored => ({ ...by(stored), updated: context.clock.now() }));
}

/** Goes on to `phase`: its lifecycle event begins and that of the phase before has succeeded. */
export function enter(scene: Scene, deployment: Deployment, phase: Phase, by: Change = same => same): void {
  const now = scene.context.clock.now();
  change(scene, deployment.id, stored => {
    const { until: _, deadline: __, continued: ___, ...rest } = stored;
    return by({
      ...rest,
      phase,
      lifecycle: rest.lifecycle.map(event => {
        if (event.name === stored.phase && event.status === 'InProgress')
          return { ...event, status: 'Succeeded', ended: now };
        return event.name === phase ? { ...event, status: 'InProgress', started: now } : event;
      }),
    });
  });
}

/** Ends what was under way as failed and what was to come as skipped. */
export function cutShort(
  lifecycle: LifecycleEvent[],
  { message, logTail, now }: { message: string; logTail?: string; now: number },
): LifecycleEvent[] {
  return lifecycle.map(event => {
    if (event.status === 'InProgress')
      return { ...event, status: 'Failed', ended: now, message, ...(logTail && { logTail }) };
    return event.status === 'Pending' ? { ...event, status: 'Skipped' } : event;
  });
}

export function tell(scene: Scene, deployment: Deployment, state: DeploymentState): void {
  scene.context.store.events.append(deploymentEvent(scene.context, deployment, state));
}

/** Takes the deployment off the list of active ones: its group is free for the next. */
export function close(scene: Scene, id: string, by: Change = same => same): void {
  change(scene, id, stored => by({ ...stored, phase: 'Over' }));
  scene.tables.active.delete(id);
}

/** When this phase gives up; set at the first asking, so that waiting commits nothing. */
export function deadlineOf(scene: Scene, deployment: Deployment, limitMs: number): number {
  if (deployment.deadline !== undefined) return deployment.deadline;
  const deadline = scene.context.clock.now() + limitMs;
  change(scene, deployment.id, stored => ({ ...stored, deadline }));
  return deadline;
}
