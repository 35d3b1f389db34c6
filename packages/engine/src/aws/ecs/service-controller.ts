import type { Controller } from '../../core/controllers.ts';
import type { Ecs } from './ecs.ts';
import { circuitBreakerThreshold, rollingCounts } from './rolling.ts';
import { note, type Service, serviceKey, tellDeployment } from './service.ts';
import { startVersion } from './service-changes.ts';
import { endDeployment, turnBack } from './service-deployment.ts';
import { createTask, stopTask, type Task, tasksOf } from './task.ts';
import { requireTaskDefinition } from './task-definition.ts';
import { type Counts, countTasks, isStable, type TaskSet, taskSetsOf } from './task-set.ts';

/** While something is not steady the load balancer is asked again this often, beside every change. */
const LOOK_AGAIN_MS = 1000;

/** Keeps each task set at its count, replaces what failed, and carries rolling deployments forward. */
export function serviceController(ecs: Ecs): Controller {
  return {
    name: 'ecs services',
    active: () => ecs.tables.services.keys(),
    step: async key => ecs.context.store.transaction(() => reconcile(ecs, key)),
  };
}

function reconcile(ecs: Ecs, key: string): number | undefined {
  const service = ecs.tables.services.get(key);
  if (!service || service.status === 'INACTIVE') return undefined;
  const sets = taskSetsOf(ecs, key);
  const wanted = wantedCounts(ecs, service, sets);
  const waits = sets.flatMap(set => scale(ecs, service, set, wanted.get(set.id) ?? 0));
  for (const set of sets) removeWhenGone(ecs, set);
  const left = taskSetsOf(ecs, key);
  for (const set of left) observeStability(ecs, service, set);
  if (service.controller === 'ECS') followRollout(ecs, key);
  if (service.status === 'DRAINING' && left.length === 0) {
    ecs.tables.services.update(key, each => ({ ...each, status: 'INACTIVE' }));
  }
  if (left.some(set => !set.stable)) waits.push(ecs.context.clock.now() + LOOK_AGAIN_MS);
  return waits.length > 0 ? Math.min(...waits) : undefined;
}

/** How many tasks each task set is to have now. */
function wantedCounts(ecs: Ecs, service: Service, sets: TaskSet[]): Map<string, number> {
  const counts = new Map(sets.map(set => [set.id, countTasks(ecs, set)]));
  const old = sets.filter(set => !set.leaving && set.status !== 'PRIMARY');
  const primary = sets.find(set => !set.leaving && set.status === 'PRIMARY');
  if (service.controller === 'CODE_DEPLOY' || old.length === 0 || !primary) {
    return new Map([...counts].map(([id, { desired }]) => [id, desired]));
  }
  return rollingWanted({ service, primary, old, counts });
}

interface Rolling {
  service: Service;
  primary: TaskSet;
  old: TaskSet[];
  counts: Map<string, Counts>;
}

function rollingWanted({ service, primary, old, counts }: Rolling): Map<string, number> {
  const total = (member: 'live' | 'healthy'): number =>
    old.reduce((sum, set) => sum + counts.get(set.id)![member], 0);
  const { healthy: newHealthy, live: newLive } = counts.get(primary.id)!;
  const { newWanted, oldWanted } = rollingCounts(
    { desired: service.desired, newHealthy, newLive, oldLive: total('live'), oldHealthy: total('healthy') },
    service.settings.deploymentConfiguration ?? {},
  );
  const wanted = new Map([[primary.id, newWanted]]);
  let left = oldWanted;
  for (const set of old.toReversed()) {
    const kept = Math.min(left, counts.get(set.id)!.live);
    wanted.set(set.id, kept);
    left -= kept;
  }
  return wanted;
}

/** Starts what is missing, unless failures hold it back, and stops what is too much. Returns when to look again. */
function scale(ecs: Ecs, service: Service, set: TaskSet, wanted: number): number[] {
  const live = tasksOf(ecs, set.id).filter(task => task.desiredStatus === 'RUNNING');
  if (live.length > wanted) stopSurplus(ecs, set, live, live.length - wanted);
  if (live.length >= wanted) return [];
  if (set.retryAt !== undefined && set.retryAt > ecs.context.clock.now()) return [set.retryAt];
  const taskDefinition = requireTaskDefinition(ecs, set.taskDefinition);
  const started = Array.from({ length: wanted - live.length }, () =>
    createTask(ecs, {
      cluster: service.cluster,
      group: `service:${service.name}`,
      taskDefinition,
      taskSet: set.id,
      startedBy: set.id,
      tags: service.settings.propagateTags === 'SERVICE' ? service.tags : taskDefinition.tags,
    }),
  );
  const names = started.map(task => `(task ${task.id})`).join(' ');
  note(ecs, set.service, `has started ${started.length} tasks: ${names}.`);
  return [];
}

/** Those that serve least go first: not running yet, then unhealthy ones would be replaced anyway, then the newest. */
function stopSurplus(ecs: Ecs, set: TaskSet, live: Task[], count: number): void {
  const order = [...live]
    .reverse()
    .sort((a, b) => Number(a.lastStatus === 'RUNNING') - Number(b.lastStatus === 'RUNNING'));
  const chosen = order.slice(0, count);
  const reason = set.leaving
    ? 'Scaling activity initiated by (task set deletion)'
    : `Scaling activity initiated by (deployment ${set.id})`;
  for (const task of chosen) stopTask(ecs, task.id, 'ServiceSchedulerInitiated', reason);
  const names = chosen.map(task => `(task ${task.id})`).join(' ');
  note(ecs, set.service, `has stopped ${chosen.length} running tasks: ${names}.`);
}

function removeWhenGone(ecs: Ecs, set: TaskSet): void {
  if (!set.leaving || tasksOf(ecs, set.id).some(task => task.lastStatus !== 'STOPPED')) return;
  ecs.tables.taskSets.delete(set.id);
  ecs.tables.taskSetIds.delete(`${set.service}/${set.id}`);
}

function observeStability(ecs: Ecs, service: Service, set: TaskSet): void {
  const stable = !set.leaving && isStable(countTasks(ecs, set));
  if (stable === set.stable) return;
  ecs.tables.taskSets.update(set.id, each => ({
    ...each,
    stable,
    stableAt: ecs.context.clock.now(),
    wasStable: each.wasStable || stable,
  }));
  if (!stable || set.status !== 'PRIMARY') return;
  note(ecs, set.service, 'has reached a steady state.');
  ecs.context.store.events.append({
    source: 'aws.ecs',
    'detail-type': 'ECS Service Action',
    resources: [service.arn],
    detail: {
      eventType: 'INFO',
      eventName: 'SERVICE_STEADY_STATE',
      clusterArn: service.arn.replace(/:service\/.*$/, `:cluster/${service.cluster}`),
      createdAt: new Date(ecs.context.clock.now()).toISOString(),
    },
  });
}

/** Ends a rolling deployment: completed when only the new version is left, failed when its tasks keep failing. */
function followRollout(ecs: Ecs, key: string): void {
  const service = ecs.tables.services.get(key)!;
  const sets = taskSetsOf(ecs, key).filter(set => !set.leaving);
  const primary = sets.find(set => set.status === 'PRIMARY');
  if (primary?.rollout?.state !== 'IN_PROGRESS') return;
  if (primary.stable) {
    const old = sets.filter(set => set !== primary);
    const alive = old.filter(set => countTasks(ecs, set).live > 0);
    for (const set of old) if (!alive.includes(set)) leave(ecs, set);
    if (alive.length === 0)
      endRollout(ecs, service, primary, 'COMPLETED', `ECS deployment ${primary.id} completed.`);
    return;
  }
  const breaker = service.settings.deploymentConfiguration?.deploymentCircuitBreaker;
  if (!breaker?.enable || primary.failedTasks < circuitBreakerThreshold(service.desired)) return;
  const reason = `ECS deployment circuit breaker: tasks failed to start.`;
  if (!breaker.rollback || !rollBack(ecs, key, primary, reason))
    endRollout(ecs, service, primary, 'FAILED', reason);
}

/**
 * Ends a deployment and deploys the last completed version again, which serves all the while. False when there is none.
 */
export function rollBack(ecs: Ecs, key: string, primary: TaskSet, reason: string): boolean {
  const last = taskSetsOf(ecs, key)
    .filter(set => !set.leaving && set.id !== primary.id)
    .findLast(set => set.rollout?.state === 'COMPLETED');
  if (!last) return false;
  const why = [reason, primary.lastFailure?.reason].filter(Boolean).join(' ');
  endRollout(ecs, ecs.tables.services.get(key)!, primary, 'FAILED', why);
  leave(ecs, primary);
  ecs.tables.services.update(key, each => ({ ...each, taskDefinition: last.taskDefinition }));
  note(ecs, key, `rolled back to deployment ${last.id}.`);
  const by = startVersion(ecs, ecs.tables.services.get(key)!, { isRollback: true });
  turnBack(ecs, key, { failed: primary.id, by: by.id, to: last.taskDefinition, reason: why });
  return true;
}

function leave(ecs: Ecs, set: TaskSet): void {
  ecs.tables.taskSets.update(set.id, each => ({ ...each, status: 'DRAINING', leaving: true, stable: false }));
}

function endRollout(
  ecs: Ecs,
  service: Service,
  set: TaskSet,
  state: 'COMPLETED' | 'FAILED',
  reason: string,
): void {
  ecs.tables.taskSets.update(set.id, each => ({ ...each, rollout: { state, reason } }));
  endDeployment(ecs, serviceKey(service.cluster, service.name), set.id, state, reason);
  tellDeployment(ecs, service, set.id, `SERVICE_DEPLOYMENT_${state}`, reason);
  note(
    ecs,
    serviceKey(service.cluster, service.name),
    `(deployment ${set.id}) deployment ${state.toLowerCase()}.`,
  );
}
