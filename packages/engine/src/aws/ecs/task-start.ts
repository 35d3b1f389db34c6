import { messageOf } from '../../core/errors.ts';
import { checkContainers, freshHealth } from './container-health.ts';
import type { Ecs } from './ecs.ts';
import { containerSpec, definitionOf, startable, waitingFor } from './launch.ts';
import { changeTask, failTask, type Task, type TaskContainer } from './task.ts';
import { deactivate, earliest, isFailed, observe, type Wait } from './task-observation.ts';

/** Starts the containers, in the order of their dependencies. */
export async function start(ecs: Ecs, task: Task): Promise<Wait> {
  if (task.desiredStatus === 'STOPPED') return deactivate(ecs, task);
  try {
    const observed = observe(ecs, task);
    if (isFailed(ecs, observed)) return undefined;
    const next = startable(definitionOf(ecs, observed), observed);
    const digests = new Map(
      await Promise.all(
        next.map(async each => [each.name, await startContainer(ecs, task, each.name)] as const),
      ),
    );
    // What happened meanwhile (a stop) must not be lost: only the containers that were started change.
    const current = ecs.tables.tasks.get(task.id)!;
    const containers = current.containers.map((each): TaskContainer => {
      const imageDigest = digests.get(each.name);
      return imageDigest ? { ...each, ...justStarted(ecs, task, each.name), imageDigest } : each;
    });
    const isComplete = containers.every(each => each.lastStatus !== 'PENDING');
    const pullStoppedAt = ecs.context.clock.now();
    if (isComplete) changeTask(ecs, task.id, { containers, lastStatus: 'ACTIVATING', pullStoppedAt });
    else if (digests.size > 0) changeTask(ecs, task.id, { containers });
    else return await awaitDependencies(ecs, observed);
  } catch (error) {
    failTask(ecs, task.id, 'TaskFailedToStart', messageOf(error));
  }
  return undefined;
}

/** Nothing can be started yet: checks are run meanwhile, but not for ever. */
async function awaitDependencies(ecs: Ecs, task: Task): Promise<Wait> {
  const now = ecs.context.clock.now();
  const waiting = waitingFor(definitionOf(ecs, task), task);
  const over = waiting.find(({ deadline, isVain }) => isVain || deadline <= now);
  if (over) {
    failTask(ecs, task.id, 'TaskFailedToStart', over.sentence);
    return undefined;
  }
  return earliest([await checkContainers(ecs, task), ...waiting.map(({ deadline }) => deadline)]);
}

function justStarted(ecs: Ecs, task: Task, name: string): Partial<TaskContainer> {
  const definition = definitionOf(ecs, task).containerDefinitions.find(each => each.name === name)!;
  const health = freshHealth(ecs, definition);
  return { lastStatus: 'RUNNING', startedAt: ecs.context.clock.now(), ...(health && { health }) };
}

async function startContainer(ecs: Ecs, task: Task, name: string): Promise<string> {
  const container = definitionOf(ecs, task).containerDefinitions.find(each => each.name === name)!;
  const image = await ecs.ports.images.resolveImage(container.image).catch(error => {
    const reason = messageOf(error).replace(/^CannotPullContainerError:? ?/, '');
    throw new Error(`CannotPullContainerError: ${reason}`, { cause: error });
  });
  const spec = await containerSpec(ecs, task, container, image);
  await ecs.ports.runtime.start(spec).catch(error => {
    throw new Error(`CannotStartContainerError: ${messageOf(error)}`, { cause: error });
  });
  return image.digest;
}
