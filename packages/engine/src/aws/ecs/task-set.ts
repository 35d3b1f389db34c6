import { arn } from '../../core/arn.ts';
import { AwsError } from '../../core/errors.ts';
import { type Ecs, oncePerToken } from './ecs.ts';
import type { Failure } from './failures.ts';
import { type LoadBalancer, requireService, type Service, serviceKey } from './service.ts';
import { isHealthy } from './target.ts';
import { tasksOf } from './task.ts';
import { requireActive, type TaskDefinition } from './task-definition.ts';

/**
 * Tasks of one version within a service: a task set of CodeDeploy, or a deployment of ECS's own controller, which AWS
 * gives the same kind of id.
 */
export interface TaskSet {
  /** `ecs-svc/<19 digits>`. */
  id: string;
  arn: string;
  /** Key of the service. */
  service: string;
  status: 'PRIMARY' | 'ACTIVE' | 'DRAINING';
  taskDefinition: string;
  loadBalancer?: LoadBalancer;
  /** Percent of the service's desired count. */
  scalePercent: number;
  externalId?: string;
  createdAt: number;
  updatedAt: number;
  /** As last seen by the service controller. */
  stable: boolean;
  stableAt: number;
  /** It was stable at least once. */
  wasStable: boolean;
  /** Its tasks are to go, and then it. */
  leaving: boolean;
  failedTasks: number;
  failuresInARow: number;
  /** Not before this time another task is started. */
  retryAt?: number;
  lastFailure?: Failure;
  /** Of a deployment by ECS's own controller. */
  rollout?: { state: 'IN_PROGRESS' | 'COMPLETED' | 'FAILED'; reason: string };
}

export interface TaskSetRequest {
  token: string;
  cluster: string;
  service: string;
  taskDefinition: string;
  targetGroupArn: string;
  containerName: string;
  containerPort: number;
  scalePercent: number;
  externalId: string;
}

export interface TaskSetState {
  id: string;
  status: 'PRIMARY' | 'ACTIVE' | 'DRAINING';
  stabilityStatus: 'STEADY_STATE' | 'STABILIZING';
  taskDefinition: string;
  targetGroupArn?: string;
  desired: number;
  running: number;
  pending: number;
  failedTasks: number;
  lastFailure?: Failure;
}

/** Makes an ACTIVE task set beside the primary one and returns its id; the same token is the same task set. */
export function createTaskSet(ecs: Ecs, request: TaskSetRequest): string {
  return oncePerToken(ecs, request.token, () => {
    const service = requireService(ecs, request.cluster, request.service);
    if (service.controller === 'ECS') {
      throw new AwsError(
        'InvalidParameterException',
        'The service deployment controller must be CODE_DEPLOY or EXTERNAL to create task sets.',
      );
    }
    const { targetGroupArn, containerName, containerPort } = request;
    return addTaskSet(ecs, service, {
      status: 'ACTIVE',
      taskDefinition: requireActive(ecs, request.taskDefinition),
      ...(targetGroupArn ? { loadBalancer: { targetGroupArn, containerName, containerPort } } : {}),
      scalePercent: request.scalePercent,
      externalId: request.externalId,
    }).id;
  });
}

type NewTaskSet = Pick<TaskSet, 'status' | 'scalePercent'> &
  Partial<Pick<TaskSet, 'loadBalancer' | 'externalId' | 'rollout'>> & { taskDefinition: TaskDefinition };

/** Throws InvalidParameterException when the load balancer names a port that the task definition does not map. */
export function addTaskSet(ecs: Ecs, service: Service, { taskDefinition, ...given }: NewTaskSet): TaskSet {
  if (given.loadBalancer) checkPort(taskDefinition, given.loadBalancer);
  const now = ecs.context.clock.now();
  const id = `ecs-svc/${BigInt(`0x${ecs.context.ids.hex(15)}`)
    .toString()
    .padStart(19, '0')}`;
  const set: TaskSet = {
    ...given,
    id,
    taskDefinition: taskDefinition.arn,
    arn: arn('ecs', ecs.context, `task-set/${service.cluster}/${service.name}/${id}`),
    service: serviceKey(service.cluster, service.name),
    createdAt: now,
    updatedAt: now,
    stable: false,
    stableAt: now,
    wasStable: false,
    leaving: false,
    failedTasks: 0,
    failuresInARow: 0,
  };
  ecs.tables.taskSets.put(id, set);
  ecs.tables.taskSetIds.put(`${set.service}/${id}`, id);
  return set;
}

/** Undefined once it is gone. */
export function taskSetState(ecs: Ecs, id: string): TaskSetState | undefined {
  const set = ecs.tables.taskSets.get(id);
  if (!set) return undefined;
  const counts = countTasks(ecs, set);
  return {
    id,
    status: set.status,
    stabilityStatus: isStable(counts) ? 'STEADY_STATE' : 'STABILIZING',
    taskDefinition: set.taskDefinition,
    ...(set.loadBalancer ? { targetGroupArn: set.loadBalancer.targetGroupArn } : {}),
    desired: counts.desired,
    running: counts.running,
    pending: counts.pending,
    failedTasks: set.failedTasks,
    ...(set.lastFailure ? { lastFailure: set.lastFailure } : {}),
  };
}

/** Makes a task set the PRIMARY one; its version and target group become the service's, as in AWS. */
export function setPrimaryTaskSet(ecs: Ecs, id: string): void {
  ecs.context.store.transaction(() => {
    const chosen = requireTaskSet(ecs, id);
    if (chosen.leaving)
      throw new AwsError('InvalidParameterException', `The task set ${id} is being deleted.`);
    const updatedAt = ecs.context.clock.now();
    for (const set of taskSetsOf(ecs, chosen.service)) {
      const status = set.id === id ? 'PRIMARY' : set.leaving ? 'DRAINING' : 'ACTIVE';
      if (set.status !== status) ecs.tables.taskSets.put(set.id, { ...set, status, updatedAt });
    }
    ecs.tables.services.update(chosen.service, service => ({
      ...service,
      taskDefinition: chosen.taskDefinition,
      loadBalancers: chosen.loadBalancer ? [chosen.loadBalancer] : service.loadBalancers,
    }));
  });
}

/** Begins to remove a task set: deregisters, drains and stops its tasks. The primary one only by `force`. */
export function deleteTaskSet(ecs: Ecs, id: string, { force = false } = {}): void {
  const set = ecs.tables.taskSets.get(id);
  if (!set || set.leaving) return;
  if (set.status === 'PRIMARY' && !force) {
    throw new AwsError(
      'InvalidParameterException',
      `The task set ${id} is the primary one and cannot be deleted.`,
    );
  }
  const updatedAt = ecs.context.clock.now();
  ecs.tables.taskSets.put(id, { ...set, status: 'DRAINING', leaving: true, stable: false, updatedAt });
}

export interface Counts {
  desired: number;
  running: number;
  pending: number;
  healthy: number;
  /** Neither stopped nor asked to stop. */
  live: number;
}

export function countTasks(ecs: Ecs, set: TaskSet): Counts {
  const live = tasksOf(ecs, set.id).filter(
    task => task.desiredStatus === 'RUNNING' && task.lastStatus !== 'STOPPED',
  );
  const running = live.filter(task => task.lastStatus === 'RUNNING');
  const health = set.loadBalancer ? ecs.ports.targets.targetHealth(set.loadBalancer.targetGroupArn) : [];
  return {
    desired: desiredOf(ecs, set),
    running: running.length,
    pending: live.length - running.length,
    healthy: running.filter(task => isHealthy(task, health)).length,
    live: live.length,
  };
}

/** As AWS defines STEADY_STATE: all that is desired runs, nothing is pending, all targets are healthy. */
export function isStable({ desired, running, pending, healthy }: Counts): boolean {
  return running === desired && healthy === desired && pending === 0;
}

export function taskSetsOf(ecs: Ecs, service: string): TaskSet[] {
  return ecs.tables.taskSetIds
    .values(`${service}/`)
    .flatMap(id => ecs.tables.taskSets.get(id) ?? [])
    .sort((a, b) => a.createdAt - b.createdAt);
}

export function requireTaskSet(ecs: Ecs, id: string): TaskSet {
  const set = ecs.tables.taskSets.get(id);
  if (!set) throw new AwsError('TaskSetNotFoundException', 'The specified task set was not found.');
  return set;
}

function checkPort({ definition }: TaskDefinition, { containerName, containerPort }: LoadBalancer): void {
  const container = definition.containerDefinitions.find(each => each.name === containerName);
  if (container?.portMappings?.some(each => each.containerPort === containerPort)) return;
  const message = container
    ? `The container ${containerName} did not have a container port ${containerPort} defined.`
    : `The container ${containerName} does not exist in the task definition.`;
  throw new AwsError('InvalidParameterException', message);
}

/** AWS rounds up. */
function desiredOf(ecs: Ecs, set: TaskSet): number {
  const service = ecs.tables.services.get(set.service);
  if (!service || set.leaving) return 0;
  return Math.ceil((service.desired * set.scalePercent) / 100);
}
