import { taskHealth } from './container-health.ts';
import type { Ecs } from './ecs.ts';
import { changeTask, failTask, type Task, type TaskContainer } from './task.ts';

/** When to look again (epoch milliseconds), or nothing to wait for. */
export type Wait = number | undefined;

/** Writes down which containers have ended; returns the task as it is then. */
export function observe(ecs: Ecs, task: Task): Task {
  const containers = task.containers.map((each): TaskContainer => {
    if (each.lastStatus !== 'RUNNING') return each;
    const status = ecs.ports.runtime.status(task.id, each.name);
    if (status.state === 'running') return each;
    const { exitCode, reason } =
      status.state === 'exited' ? status : { exitCode: undefined, reason: 'container is lost' };
    return {
      ...each,
      lastStatus: 'STOPPED',
      ...(exitCode === undefined ? {} : { exitCode }),
      ...(reason === undefined ? {} : { reason }),
    };
  });
  const hasChanged = containers.some((each, at) => each.lastStatus !== task.containers[at]!.lastStatus);
  return hasChanged ? changeTask(ecs, task.id, { containers }) : task;
}

/** Asks the task to stop when one of its containers has failed it; whether one has. */
export function isFailed(ecs: Ecs, task: Task): boolean {
  if (task.containers.some(hasStopped)) {
    failTask(ecs, task.id, 'EssentialContainerExited', 'Essential container in task exited');
    return true;
  }
  if (!isUnwell(task)) return false;
  failTask(ecs, task.id, 'ServiceSchedulerInitiated', 'Task failed container health checks');
  return true;
}

/** As in AWS a task of a service is replaced, and one that was run by hand goes on. */
function isUnwell(task: Task): boolean {
  return task.taskSet !== undefined && taskHealth(task) === 'UNHEALTHY';
}

/** Whether an essential container has ended. */
export function hasStopped({ essential, lastStatus }: TaskContainer): boolean {
  return essential && lastStatus === 'STOPPED';
}

/** Begins to take the task down. */
export function deactivate(ecs: Ecs, task: Task): Wait {
  changeTask(ecs, task.id, { lastStatus: 'DEACTIVATING' });
  return undefined;
}

/** The first of several times to look again. */
export function earliest(waits: Wait[]): Wait {
  const times = waits.filter(each => each !== undefined);
  return times.length > 0 ? Math.min(...times) : undefined;
}
