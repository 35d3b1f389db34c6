import { containersAreWell } from './container-health.ts';
import type { Ecs } from './ecs.ts';
import type { TargetHealth } from './ports.ts';
import type { Task } from './task.ts';

/** The target that a task becomes in its task set's target group; undefined without a load balancer. */
export function targetFor(ecs: Ecs, task: Task): Task['target'] {
  const loadBalancer = task.taskSet ? ecs.tables.taskSets.get(task.taskSet)?.loadBalancer : undefined;
  const port = loadBalancer ? task.placement?.ports[loadBalancer.containerPort] : undefined;
  if (!loadBalancer || !task.placement || port === undefined) return undefined;
  return { targetGroupArn: loadBalancer.targetGroupArn, target: { address: task.placement.address, port } };
}

/** What the load balancer thinks of a task; undefined when it does not (or no longer) know it. */
export function healthOf(ecs: Ecs, task: Task): TargetHealth | undefined {
  return task.target && findHealth(task, ecs.ports.targets.targetHealth(task.target.targetGroupArn));
}

/** Both its containers, as far as they have health checks, and its load balancer, where it has one, say that it is well. */
export function isHealthy(task: Task, health: TargetHealth[]): boolean {
  const isWellForBalancer = task.target === undefined || findHealth(task, health)?.state === 'healthy';
  return isWellForBalancer && containersAreWell(task);
}

function findHealth({ target }: Task, health: TargetHealth[]): TargetHealth | undefined {
  return health.find(each => each.address === target?.target.address && each.port === target.target.port);
}
