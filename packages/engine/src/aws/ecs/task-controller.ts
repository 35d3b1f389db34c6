import type { Controller } from '../../core/controllers.ts';
import { messageOf } from '../../core/errors.ts';
import { checkContainers } from './container-health.ts';
import type { Ecs } from './ecs.ts';
import { containerPorts, definitionOf } from './launch.ts';
import { healthOf, targetFor } from './target.ts';
import { changeTask, failTask, retireTask, type Task, type TaskContainer } from './task.ts';
import { requireTaskDefinition } from './task-definition.ts';
import { deactivate, earliest, hasStopped, isFailed, observe, type Wait } from './task-observation.ts';
import { start } from './task-start.ts';

/** How often the load balancer is asked, beside every change. */
const LOOK_AGAIN_MS = 1000;
const DEFAULT_STOP_TIMEOUT_S = 30;

/**
 * Takes each task from state to state: PROVISIONING → PENDING → ACTIVATING → RUNNING → DEACTIVATING → STOPPING →
 * STOPPED. Each step may be taken again after a crash: placement and target are written before they are used, starting
 * is once per container, deregistering and signals may be repeated.
 */
export function taskController(ecs: Ecs): Controller {
  return {
    name: 'ecs tasks',
    active: () => ecs.tables.liveTasks.values(),
    step: async id => {
      const task = ecs.tables.tasks.get(id);
      return task && steps[task.lastStatus](ecs, task);
    },
  };
}

const steps: Record<Task['lastStatus'], (ecs: Ecs, task: Task) => Wait | Promise<Wait>> = {
  PROVISIONING: provision,
  PENDING: start,
  ACTIVATING: activate,
  RUNNING: watch,
  DEACTIVATING: drain,
  STOPPING: awaitExit,
  STOPPED: clear,
};

/** Gives the task its address. */
async function provision(ecs: Ecs, task: Task): Promise<Wait> {
  if (task.desiredStatus === 'STOPPED') return deactivate(ecs, task);
  const taken = ecs.tables.tasks
    .values()
    .flatMap(each => (each.placement && each.lastStatus !== 'STOPPED' ? [each.placement.address] : []));
  try {
    const placement = await ecs.ports.runtime.place({
      ports: containerPorts(definitionOf(ecs, task)),
      taken,
    });
    changeTask(ecs, task.id, { lastStatus: 'PENDING', placement, pullStartedAt: ecs.context.clock.now() });
  } catch (error) {
    failTask(ecs, task.id, 'TaskFailedToStart', `ResourceInitializationError: ${messageOf(error)}`);
  }
  return undefined;
}

/** Makes the task a target of its load balancer. */
function activate(ecs: Ecs, task: Task): Wait {
  if (task.desiredStatus === 'STOPPED') return deactivate(ecs, task);
  const target = targetFor(ecs, task);
  if (target && !task.target) {
    changeTask(ecs, task.id, { target });
    return undefined;
  }
  try {
    if (target) ecs.ports.targets.registerTarget(target.targetGroupArn, target.target);
  } catch (error) {
    failTask(ecs, task.id, 'TaskFailedToStart', `unable to register target: ${messageOf(error)}`);
    return undefined;
  }
  changeTask(ecs, task.id, { lastStatus: 'RUNNING', startedAt: ecs.context.clock.now() });
  return undefined;
}

/**
 * Looks whether the task still serves: its containers run, their health checks do not fail, and, after the grace period, its
 * target is not unhealthy.
 */
async function watch(ecs: Ecs, task: Task): Promise<Wait> {
  if (task.desiredStatus === 'STOPPED') return deactivate(ecs, task);
  const observed = observe(ecs, task);
  if (isFailed(ecs, observed)) return undefined;
  return earliest([await checkContainers(ecs, observed), watchTarget(ecs, observed)]);
}

function watchTarget(ecs: Ecs, task: Task): Wait {
  if (!task.target) return undefined;
  if (healthOf(ecs, task)?.state !== 'unhealthy') return ecs.context.clock.now() + LOOK_AGAIN_MS;
  const graceEnds = task.startedAt! + graceMs(ecs, task);
  if (ecs.context.clock.now() < graceEnds) return graceEnds;
  const reason = `Task failed ELB health checks in (target-group ${task.target.targetGroupArn})`;
  failTask(ecs, task.id, 'ServiceSchedulerInitiated', reason);
  return undefined;
}

/** Takes the task out of its load balancer; SIGTERM only when no request is under way any more. */
function drain(ecs: Ecs, task: Task): Wait {
  const observed = observe(ecs, task);
  if (task.target && !task.deregistered) {
    ecs.ports.targets.deregisterTarget(task.target.targetGroupArn, task.target.target);
    changeTask(ecs, task.id, { deregistered: true });
    return undefined;
  }
  const isDraining = healthOf(ecs, task) !== undefined && !observed.containers.some(hasStopped);
  if (isDraining) return ecs.context.clock.now() + LOOK_AGAIN_MS;
  for (const { name } of observed.containers) ecs.ports.runtime.signal(task.id, name, 'SIGTERM');
  changeTask(ecs, task.id, { lastStatus: 'STOPPING', terminatedAt: ecs.context.clock.now() });
  return undefined;
}

/** Waits for the containers to end by themselves, for each as long as its stop timeout says. */
function awaitExit(ecs: Ecs, task: Task): Wait {
  const running = task.containers.filter(
    each => ecs.ports.runtime.status(task.id, each.name).state === 'running',
  );
  const now = ecs.context.clock.now();
  const deadlines = running.map(each => ({
    name: each.name,
    at: task.terminatedAt! + stopTimeoutMs(ecs, task, each),
  }));
  for (const { name, at } of deadlines) if (at <= now) ecs.ports.runtime.signal(task.id, name, 'SIGKILL');
  if (running.length > 0) return Math.max(now + 100, Math.min(...deadlines.map(each => each.at)));
  const { containers } = observe(ecs, task);
  changeTask(ecs, task.id, {
    lastStatus: 'STOPPED',
    stoppedAt: now,
    containers: containers.map(each => ({ ...each, lastStatus: 'STOPPED' })),
  });
  return undefined;
}

/** Removes what the runtime keeps of the task; then there is nothing left to do for it. */
function clear(ecs: Ecs, task: Task): Wait {
  const names = task.containers.map(each => each.name);
  ecs.ports.runtime.forget(task.id, names);
  retireTask(ecs, task);
  return undefined;
}

/** Seconds in the service's definition; never divided by the engine's speed. */
function graceMs(ecs: Ecs, task: Task): number {
  const set = task.taskSet ? ecs.tables.taskSets.get(task.taskSet) : undefined;
  const service = set && ecs.tables.services.get(set.service);
  return (service?.settings.healthCheckGracePeriodSeconds ?? 0) * 1000;
}

function stopTimeoutMs(ecs: Ecs, task: Task, { name }: TaskContainer): number {
  const { definition } = requireTaskDefinition(ecs, task.taskDefinition);
  const container = definition.containerDefinitions.find(each => each.name === name);
  return (container?.stopTimeout ?? DEFAULT_STOP_TIMEOUT_S) * 1000;
}
