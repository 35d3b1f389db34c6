import { arn } from '../../core/arn.ts';
import type { ContainerHealth } from './container-health.ts';
import type { Ecs, Tag } from './ecs.ts';
import { noteFailure } from './failures.ts';
import type { Placement, Target } from './ports.ts';
import type { ContainerDefinition, TaskDefinition } from './task-definition.ts';
import { taskView } from './task-view.ts';

export type TaskStatus =
  | 'PROVISIONING'
  | 'PENDING'
  | 'ACTIVATING'
  | 'RUNNING'
  | 'DEACTIVATING'
  | 'STOPPING'
  | 'STOPPED';

export type StopCode =
  | 'TaskFailedToStart'
  | 'EssentialContainerExited'
  | 'UserInitiated'
  | 'ServiceSchedulerInitiated';

export interface TaskContainer {
  name: string;
  arn: string;
  runtimeId: string;
  /** Names the container in the metadata endpoint's path. */
  token: string;
  image: string;
  imageDigest?: string;
  essential: boolean;
  lastStatus: 'PENDING' | 'RUNNING' | 'STOPPED';
  startedAt?: number;
  exitCode?: number;
  reason?: string;
  log?: { group: string; stream: string };
  /** Of a container with a health check, from when it is started. */
  health?: ContainerHealth;
}

export interface Task {
  id: string;
  arn: string;
  cluster: string;
  /** `service:news` or `family:slipway-news-staging`. */
  group: string;
  /** Id of the task set or deployment that wants it. */
  taskSet?: string;
  startedBy?: string;
  taskDefinition: string;
  lastStatus: TaskStatus;
  desiredStatus: 'RUNNING' | 'STOPPED';
  containers: TaskContainer[];
  overrides: TaskOverrides;
  tags: Tag[];
  /** The network interface that AWS would attach; its address is the placement's. */
  eni: string;
  placement?: Placement;
  /** Where it is registered with the load balancer, written before it is. */
  target?: { targetGroupArn: string; target: Target };
  /** The load balancer was told to drain it. */
  deregistered?: boolean;
  /** Grows with every change, as in AWS's events. */
  version: number;
  /** Exits that were told, so that each wakes the controllers. */
  exits: number;
  createdAt: number;
  pullStartedAt?: number;
  pullStoppedAt?: number;
  startedAt?: number;
  stoppingAt?: number;
  /** When SIGTERM was sent. */
  terminatedAt?: number;
  stoppedAt?: number;
  stopCode?: StopCode;
  stoppedReason?: string;
}

export interface TaskOverrides {
  containerOverrides?: {
    name: string;
    command?: string[];
    environment?: { name: string; value: string }[];
    memory?: number;
  }[];
  /** CPU units and MiB of the whole task. */
  cpu?: string;
  memory?: string;
  taskRoleArn?: string;
  executionRoleArn?: string;
}

export interface NewTask {
  cluster: string;
  group: string;
  taskDefinition: TaskDefinition;
  taskSet?: string;
  startedBy?: string;
  overrides?: TaskOverrides;
  tags?: Tag[];
}

const SHOWN_MS = 3_600_000;

/** Records a task that is to run; the task controller does the rest. */
export function createTask(ecs: Ecs, { taskDefinition, overrides = {}, tags = [], ...rest }: NewTask): Task {
  const { ids, clock } = ecs.context;
  const id = ids.hex(32);
  const task: Task = {
    ...rest,
    id,
    arn: arn('ecs', ecs.context, `task/${rest.cluster}/${id}`),
    taskDefinition: taskDefinition.arn,
    lastStatus: 'PROVISIONING',
    desiredStatus: 'RUNNING',
    containers: taskDefinition.definition.containerDefinitions.map(each =>
      newContainer(ecs, rest.cluster, id, each),
    ),
    overrides,
    tags,
    eni: `eni-${ids.hex(17)}`,
    version: 1,
    exits: 0,
    createdAt: clock.now(),
  };
  ecs.context.store.transaction(() => {
    forgetOld(ecs);
    ecs.tables.tasks.put(id, task);
    ecs.tables.liveTasks.put(liveKey(task), id);
    tell(ecs, task);
  });
  return task;
}

function newContainer(
  ecs: Ecs,
  cluster: string,
  taskId: string,
  container: ContainerDefinition,
): TaskContainer {
  const { ids } = ecs.context;
  const log = container.logConfiguration;
  const { 'awslogs-group': group, 'awslogs-stream-prefix': prefix } = log?.options ?? {};
  return {
    name: container.name,
    arn: arn('ecs', ecs.context, `container/${cluster}/${taskId}/${ids.uuid()}`),
    runtimeId: `${taskId}-${ids.hex(10)}`,
    token: ids.hex(32),
    image: container.image,
    essential: container.essential !== false,
    lastStatus: 'PENDING',
    ...(log?.logDriver === 'awslogs' && group
      ? { log: { group, stream: [prefix ?? 'ecs', container.name, taskId].join('/') } }
      : {}),
  };
}

/** Changes a task and tells it as an event if its status, or what is desired of it, changed. */
export function changeTask(ecs: Ecs, id: string, change: Partial<Task>): Task {
  return ecs.context.store.transaction(() => {
    const before = ecs.tables.tasks.get(id);
    const after = ecs.tables.tasks.update(id, task => ({ ...task, ...change, version: task.version + 1 }));
    if (before?.lastStatus !== after.lastStatus || before.desiredStatus !== after.desiredStatus)
      tell(ecs, after);
    return after;
  });
}

/** Asks a task to stop, on someone's will: this is no failure. A task that stops already keeps its first reason. */
export function stopTask(ecs: Ecs, id: string, stopCode: StopCode, stoppedReason: string): void {
  if (ecs.tables.tasks.get(id)?.desiredStatus !== 'RUNNING') return;
  const stoppingAt = ecs.context.clock.now();
  changeTask(ecs, id, { desiredStatus: 'STOPPED', stopCode, stoppedReason, stoppingAt });
}

/** Asks a task to stop because it failed, and counts that for its task set. */
export function failTask(ecs: Ecs, id: string, stopCode: StopCode, stoppedReason: string): void {
  ecs.context.store.transaction(() => {
    if (ecs.tables.tasks.get(id)?.desiredStatus !== 'RUNNING') return;
    stopTask(ecs, id, stopCode, stoppedReason);
    noteFailure(ecs, ecs.tables.tasks.get(id)!);
  });
}

/** Tasks of a task set that are not over, newest last. */
export function tasksOf(ecs: Ecs, taskSet: string): Task[] {
  return ecs.tables.liveTasks
    .values(`${taskSet}/`)
    .flatMap(id => ecs.tables.tasks.get(id) ?? [])
    .sort((a, b) => a.createdAt - b.createdAt);
}

/** Nothing is left to do for a stopped task: it is only shown from now on. */
export function retireTask(ecs: Ecs, task: Task): void {
  ecs.tables.liveTasks.delete(liveKey(task));
}

/** AWS shows stopped tasks for about an hour. */
export function forgetOld(ecs: Ecs): void {
  const before = ecs.context.clock.now() - SHOWN_MS;
  for (const { id, stoppedAt = Number.POSITIVE_INFINITY } of ecs.tables.tasks.values()) {
    if (stoppedAt <= before) ecs.tables.tasks.delete(id);
  }
}

function liveKey({ id, taskSet = 'alone' }: Task): string {
  return `${taskSet}/${id}`;
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_task_events.html */
function tell(ecs: Ecs, task: Task): void {
  ecs.context.store.events.append({
    source: 'aws.ecs',
    'detail-type': 'ECS Task State Change',
    resources: [task.arn],
    detail: JSON.parse(JSON.stringify(taskView(ecs, task))),
  });
}
