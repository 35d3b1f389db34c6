import { newDeploymentId } from './create-deployment.ts';
import type { Deployment } from './deployment.ts';
import { greenSays } from './green-says.ts';
import { change, close, cutShort, tell } from './record.ts';
import type { Scene } from './scene.ts';
import { greenIsLost, productionWeight } from './traffic.ts';

/** Why a deployment does not go on. */
export interface Halt {
  status: 'Failed' | 'Stopped';
  code: string;
  message: string;
  /** What a hook said last. */
  logTail?: string[];
  rollBack: boolean;
}

export function failure(deployment: Deployment, code: string, message: string, logTail?: string[]): Halt {
  const rollBack = deployment.plan.rollbackOn.includes('DEPLOYMENT_FAILURE');
  return { status: 'Failed', code, message, ...(logTail && { logTail }), rollBack };
}

/** A stop that was asked for, an alarm, or a green that can no longer answer; undefined when there is none. */
export function haltOf(scene: Scene, deployment: Deployment): Halt | undefined {
  const { plan, stop } = deployment;
  if (deployment.phase === 'Terminate') return undefined;
  if (stop)
    return {
      status: 'Stopped',
      code: 'MANUAL_STOP',
      message: 'The deployment was stopped on request.',
      rollBack: stop.rollback,
    };
  const alarms = plan.alarms.length > 0 ? scene.ports.alarms.inAlarm(plan.alarms) : [];
  if (alarms.length > 0)
    return {
      status: 'Stopped',
      code: 'ALARM_ACTIVE',
      message: `One or more alarms have been activated according to the Amazon CloudWatch metrics you selected, and the affected deployments have been stopped. Activated alarms: <${alarms.join(', ')}>`,
      rollBack: plan.rollbackOn.includes('DEPLOYMENT_STOP_ON_ALARM'),
    };
  if (greenIsLost(scene.ports.elbv2, deployment))
    return failure(
      deployment,
      'HEALTH_CONSTRAINTS',
      'The replacement task set receives production traffic and has no healthy target left.',
    );
  return undefined;
}

/**
 * Ends a deployment that does not go on. What follows is one of: nothing, because nothing was made, or because green
 * keeps its share of production traffic where no rollback is configured; a rollback deployment of its own; or the
 * removal of a green that no user has seen.
 */
export function halt(scene: Scene, deployment: Deployment, why: Halt): void {
  const { context, tables } = scene;
  const green = why.code === 'MANUAL_STOP' ? [] : greenSays(scene, deployment, why.code);
  const lines = [...(why.logTail ?? []), ...green];
  context.store.transaction(() => {
    const now = context.clock.now();
    const ended = change(scene, deployment.id, stored => ({
      ...stored,
      status: why.status,
      completed: now,
      error: { code: why.code, message: [why.message, ...lines].join('\n') },
      lifecycle: cutShort(stored.lifecycle, { message: why.message, logTail: lines.join('\n'), now }),
    }));
    tell(scene, ended, why.status === 'Failed' ? 'FAILURE' : 'STOP');
    const carries = productionWeight(scene.ports.elbv2, ended) > 0;
    if (!ended.green || (!why.rollBack && carries)) return close(scene, ended.id);
    if (!why.rollBack) {
      change(scene, ended.id, stored => ({ ...stored, phase: 'RerouteToBlue' }));
      return;
    }
    const rollback = rollbackOf(ended, { id: newDeploymentId(context), now });
    tables.deployments.put(rollback.id, rollback);
    tables.active.put(rollback.id, `${rollback.application}/${rollback.group}`);
    close(scene, ended.id, stored => ({ ...stored, rollback: { by: rollback.id } }));
    tell(scene, rollback, 'START');
  });
}

function rollbackOf(of: Deployment, { id, now }: { id: string; now: number }): Deployment {
  const { completed: _, error: __, stop: ___, until: ____, deadline: _____, hooks: ______, ...rest } = of;
  return {
    ...rest,
    id,
    creator: 'codeDeployRollback',
    description: `Rolls back deployment ${of.id}`,
    status: 'InProgress',
    phase: 'RerouteToBlue',
    created: now,
    started: now,
    updated: now,
    lifecycle: [{ name: 'AllowTraffic', status: 'InProgress', started: now }],
    rollback: { of: of.id, message: of.error?.message ?? '' },
  };
}
