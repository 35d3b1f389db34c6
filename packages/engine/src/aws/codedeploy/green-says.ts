import type { Deployment } from './deployment.ts';
import type { TaskReport } from './ports.ts';
import type { Scene } from './scene.ts';

/** How many tasks of green are told of, and how many of their last lines all together. */
const MOST_TASKS = 2;
const MOST_LINES = 12;

/**
 * What green's own tasks said last and what the health check saw, for whoever wonders why a deployment failed: the last
 * failed task, or those that live; after a hook those that it may have asked. To be asked before green is removed. AWS's
 * deployments do not tell this.
 */
export function greenSays({ ports }: Scene, { green }: Deployment, code: string): string[] {
  if (!green) return [];
  const reports = ports.ecs.taskReports(green.taskSet);
  const lastFailure = ports.ecs.taskSet(green.taskSet)?.lastFailure;
  if (lastFailure && (code !== 'HOOK_EXECUTION_FAILURE' || reports.length === 0)) {
    const { taskArn, reason, exitCode, logTail } = lastFailure;
    const code = exitCode === undefined ? '' : ` (exit code ${exitCode})`;
    return [`Last failed task ${taskArn}: ${reason}${code}`, ...logTail];
  }
  const told = reports.toSorted((a, b) => rank(a) - rank(b)).slice(0, MOST_TASKS);
  return told.flatMap(report => tell(report, Math.floor(MOST_LINES / told.length)));
}

/** Those that are not healthy come first. */
function rank({ health }: TaskReport): number {
  return health?.state === 'healthy' ? 1 : 0;
}

function tell({ taskArn, lastStatus, health, logTail }: TaskReport, lines: number): string[] {
  const description = health?.description ? `: ${health.description}` : '';
  const seen = health ? `, health check ${health.state}${description}` : '';
  return [`Task ${taskArn} is ${lastStatus}${seen}`, ...logTail.slice(-lines)];
}
