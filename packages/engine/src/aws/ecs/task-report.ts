import type { Ecs } from './ecs.ts';
import type { TargetHealth } from './ports.ts';
import { healthOf } from './target.ts';
import { tasksOf } from './task.ts';

/** How a task does that is not over: what the load balancer thinks of it, and what it said last. */
export interface TaskReport {
  taskArn: string;
  lastStatus: string;
  /** Undefined while no load balancer knows it. */
  health?: Pick<TargetHealth, 'state' | 'description'>;
  /** The last lines of the logs of its containers, oldest first. */
  logTail: string[];
}

const TAIL_LINES = 20;

/** The tasks of a task set that are not over, oldest first. */
export function reportTasks(ecs: Ecs, taskSet: string): TaskReport[] {
  return tasksOf(ecs, taskSet).map(task => {
    const health = healthOf(ecs, task);
    const { logs } = ecs.ports;
    return {
      taskArn: task.arn,
      lastStatus: task.lastStatus,
      ...(health && { health: { state: health.state, ...pick(health) } }),
      logTail: task.containers.flatMap(({ log }) =>
        log ? logs.tail(log.group, log.stream, TAIL_LINES) : [],
      ),
    };
  });
}

function pick({ description }: TargetHealth): { description?: string } {
  return description === undefined ? {} : { description };
}
