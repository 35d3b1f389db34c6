import { setTimeout as delay } from 'node:timers/promises';
import type { PipelineExecutionSummary } from '@aws-sdk/client-codepipeline';
import { answerApproval, type PendingApproval, pendingApprovals } from './approvals.ts';
import { commitOf, executionsOf } from './executions.ts';
import type { Target } from './target.ts';

const PAUSE_MS = 500;
const MOST_LOOKS = 20;

/**
 * Rejects the approvals that older executions of a pipeline still wait for, now that one at `commit` has come as far:
 * nobody can promote what is stale. One that waited behind a rejected one takes its place and is rejected as well.
 * Returns the commits that were rejected.
 */
export async function supersedeOlder(target: Target, pipeline: string, commit: string): Promise<string[]> {
  const rejected: string[] = [];
  let expected: string[] = [];
  for (let looks = 0; looks < MOST_LOOKS; looks++) {
    if (looks > 0) await delay(PAUSE_MS);
    const executions = await executionsOf(target, pipeline);
    const older = olderGates(executions, await pendingApprovals(target, pipeline), commit);
    for (const gate of older) {
      await answerApproval(target, gate, { status: 'Rejected', summary: `Superseded by ${commit}` });
      const held = executions.find(each => each.pipelineExecutionId === gate.execution);
      rejected.push((held && commitOf(held)) ?? gate.execution);
    }
    const done = older.map(gate => gate.execution);
    const running = executions.filter(each => each.status === 'InProgress');
    expected = [...expected, ...older.flatMap(gate => gate.behind)].filter(
      id => !done.includes(id) && running.some(each => each.pipelineExecutionId === id),
    );
    if (expected.length === 0) break;
  }
  return rejected;
}

/** The approvals of executions that began before the newest one at `commit`. */
export function olderGates(
  newestFirst: PipelineExecutionSummary[],
  pending: PendingApproval[],
  commit: string,
): PendingApproval[] {
  const own = newestFirst.findIndex(each => commitOf(each) === commit);
  if (own < 0) return [];
  const older = newestFirst.slice(own + 1).map(each => each.pipelineExecutionId);
  return pending.filter(gate => older.includes(gate.execution));
}
