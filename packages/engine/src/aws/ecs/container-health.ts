import type { Ecs } from './ecs.ts';
import { definitionOf } from './launch.ts';
import type { HealthCheckRun } from './ports.ts';
import { changeTask, type Task, type TaskContainer } from './task.ts';
import type { ContainerDefinition, HealthCheck } from './task-definition.ts';

export type HealthStatus = 'UNKNOWN' | 'HEALTHY' | 'UNHEALTHY';

/** What is known of a container by its health check. Times are epoch milliseconds. */
export interface ContainerHealth {
  status: HealthStatus;
  since: number;
  /** When the container was started. */
  startedAt: number;
  /** Failed checks in a row, as far as they count. */
  failures: number;
  /** Number of the newest check. */
  number: number;
  dueAt: number;
  /** A check is under way since then. */
  begunAt?: number;
  /** What the newest check that failed said. */
  output?: string;
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html */
const DEFAULTS = { interval: 30, timeout: 5, retries: 3, startPeriod: 0 };
/** How soon a check is looked at again that has been killed. */
const LOOK_AGAIN_MS = 100;

/** The health of a container that has just been started; undefined without a health check. */
export function freshHealth(
  { context: { clock, pace } }: Ecs,
  { healthCheck }: ContainerDefinition,
): ContainerHealth | undefined {
  if (!healthCheck) return undefined;
  const now = clock.now();
  const dueAt = now + pace.divided(limitsOf(healthCheck).intervalMs);
  return { status: 'UNKNOWN', since: now, startedAt: now, failures: 0, number: 0, dueAt };
}

/** Carries out what is due of the health checks of a task; returns when there is more to do. */
export async function checkContainers(ecs: Ecs, task: Task): Promise<number | undefined> {
  const waits = await Promise.all(
    definitionOf(ecs, task).containerDefinitions.map(({ name, healthCheck }) => {
      const container = task.containers.find(each => each.name === name);
      if (!healthCheck || container?.lastStatus !== 'RUNNING' || !container.health) return undefined;
      return checkContainer(ecs, { taskId: task.id, name, healthCheck, health: container.health });
    }),
  );
  const due = waits.filter(each => each !== undefined);
  return due.length > 0 ? Math.min(...due) : undefined;
}

interface Checked {
  taskId: string;
  name: string;
  healthCheck: HealthCheck;
  health: ContainerHealth;
}

/** One step of a container's checks: the next one is written down, started, looked at, or judged. */
async function checkContainer(ecs: Ecs, checked: Checked): Promise<number | undefined> {
  const { taskId, name, healthCheck, health } = checked;
  const { checks } = ecs.ports.runtime;
  const now = ecs.context.clock.now();
  if (health.begunAt === undefined) {
    if (now < health.dueAt) return health.dueAt;
    changeHealth(ecs, checked, before => ({ ...before, number: before.number + 1, begunAt: now }));
    return undefined;
  }
  const run = { taskId, name, number: health.number };
  const deadline = health.begunAt + limitsOf(healthCheck).timeoutMs;
  const status = checks.status(run);
  if (status.state === 'unknown') return (await started(ecs, checked, run)) ? deadline : undefined;
  if (status.state === 'running') {
    if (now < deadline) return deadline;
    checks.kill(run);
    return now + LOOK_AGAIN_MS;
  }
  const isLate = now >= deadline && status.exitCode !== 0;
  const output = isLate ? `it took longer than ${(deadline - health.begunAt) / 1000} s` : status.output;
  judge(ecs, checked, {
    isWell: status.exitCode === 0,
    output: output || `it exited with ${status.exitCode}`,
  });
  checks.forget(run);
  return undefined;
}

/** A check that cannot be started is one that failed. */
async function started(ecs: Ecs, checked: Checked, run: HealthCheckRun): Promise<boolean> {
  try {
    await ecs.ports.runtime.checks.start(run);
    return true;
  } catch (error) {
    judge(ecs, checked, { isWell: false, output: (error as Error).message });
    return false;
  }
}

/**
 * What a check means for its container. Until the container is known to be well or not, the interval is divided by the
 * engine's speed; afterwards it is AWS's, since each check is a process of this machine.
 */
function judge(ecs: Ecs, checked: Checked, { isWell, output }: { isWell: boolean; output: string }): void {
  const { intervalMs, retries, startPeriodMs } = limitsOf(checked.healthCheck);
  const { clock, pace } = ecs.context;
  const now = clock.now();
  changeHealth(ecs, checked, ({ begunAt: _, output: __, ...before }) => {
    const isStarting = before.status === 'UNKNOWN' && now < before.startedAt + startPeriodMs;
    const failures = isWell ? 0 : before.failures + (isStarting ? 0 : 1);
    const status = isWell ? 'HEALTHY' : failures >= retries ? 'UNHEALTHY' : before.status;
    const isDecided = isWell || status === 'UNHEALTHY';
    return {
      ...before,
      ...{ status, failures },
      since: status === before.status ? before.since : now,
      dueAt: now + (isDecided ? intervalMs : pace.divided(intervalMs)),
      ...(!isWell && { output }),
    };
  });
}

/** What happened to the task meanwhile is kept. */
function changeHealth(
  ecs: Ecs,
  { taskId, name }: Checked,
  change: (health: ContainerHealth) => ContainerHealth,
): void {
  const task = ecs.tables.tasks.get(taskId);
  if (!task) return;
  const containers = task.containers.map(
    (each): TaskContainer =>
      each.name === name && each.health ? { ...each, health: change(each.health) } : each,
  );
  changeTask(ecs, taskId, { containers });
}

/** As AWS ranks them, by the essential containers; one without a check is UNKNOWN. */
export function taskHealth({ containers }: Task): HealthStatus {
  const states = containers.filter(each => each.essential).map(each => each.health?.status ?? 'UNKNOWN');
  if (states.includes('UNHEALTHY')) return 'UNHEALTHY';
  return states.includes('UNKNOWN') ? 'UNKNOWN' : 'HEALTHY';
}

/** Whether all essential containers that have a check are well. */
export function containersAreWell({ containers }: Task): boolean {
  return containers.every(
    ({ essential, health }) => !essential || health === undefined || health.status === 'HEALTHY',
  );
}

function limitsOf(healthCheck: HealthCheck) {
  const { interval, timeout, retries, startPeriod } = { ...DEFAULTS, ...healthCheck };
  return {
    intervalMs: interval * 1000,
    timeoutMs: timeout * 1000,
    retries,
    startPeriodMs: startPeriod * 1000,
  };
}
