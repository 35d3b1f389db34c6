import type { Ecs } from './ecs.ts';
import { healthOf } from './target.ts';
import type { Task } from './task.ts';

export interface Failure {
  taskArn: string;
  reason: string;
  exitCode?: number;
  /** The last lines of the container's log. */
  logTail: string[];
}

const TAIL_LINES = 20;
/** A task that ran this long did not fail to start: the next one is not held back for it. */
const SETTLED_MS = 60_000;
const LONGEST_BACKOFF_MS = 5 * 60_000;

/** Counts a failed task for its task set and says when the next may be started. */
export function noteFailure(ecs: Ecs, task: Task): void {
  const { taskSets } = ecs.tables;
  if (task.taskSet === undefined || !taskSets.get(task.taskSet)) return;
  const now = ecs.context.clock.now();
  const wasSettled = task.startedAt !== undefined && now - task.startedAt >= SETTLED_MS;
  taskSets.update(task.taskSet, set => {
    const inARow = wasSettled ? 1 : set.failuresInARow + 1;
    return {
      ...set,
      failedTasks: set.failedTasks + 1,
      failuresInARow: inARow,
      retryAt: now + backoff(inARow),
      lastFailure: describe(ecs, task),
      updatedAt: now,
    };
  });
}

/** The first retry at once, then after 1, 2, 4 … seconds. AWS grows to 27 minutes, here it ends at five. */
export function backoff(failuresInARow: number): number {
  if (failuresInARow <= 1) return 0;
  return Math.min(LONGEST_BACKOFF_MS, 1000 * 2 ** (failuresInARow - 2));
}

function describe(ecs: Ecs, task: Task): Failure {
  const unwell = task.containers.find(each => each.essential && each.health?.status === 'UNHEALTHY');
  const culprit =
    task.containers.find(each => each.essential && each.lastStatus === 'STOPPED') ??
    unwell ??
    task.containers[0];
  const { exitCode, log, reason } = culprit ?? {};
  const seen = task.stopCode === 'ServiceSchedulerInitiated' ? healthOf(ecs, task)?.description : undefined;
  const told = [task.stoppedReason ?? 'Task failed', seen, reason].filter(Boolean);
  if (unwell) told.push(`the health check of container ${unwell.name} says: ${unwell.health?.output}`);
  if (exitCode !== undefined) told.push(`container ${culprit!.name} exited with ${exitCode}`);
  return {
    taskArn: task.arn,
    reason: told.join(': '),
    ...(exitCode === undefined ? {} : { exitCode }),
    logTail: log ? ecs.ports.logs.tail(log.group, log.stream, TAIL_LINES) : [],
  };
}
