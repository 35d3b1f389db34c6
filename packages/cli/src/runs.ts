import type { PipelineExecutionSummary } from '@aws-sdk/client-codepipeline';
import { actionsOf, isSuperseded } from './actions.ts';
import { type PendingApproval, pendingApprovals } from './approvals.ts';
import { commitOf, executionsOf, pipelineNames } from './executions.ts';
import type { Target } from './target.ts';

/** One execution of a pipeline, and the approval that holds it. */
export interface Run {
  pipeline: string;
  id: string;
  /** As CodePipeline tells it; also Superseded when its approval was rejected for a newer execution. */
  status: string;
  commit?: string;
  /** What it waits for: its own approval, or that of an older execution that it waits behind. */
  gate?: PendingApproval;
}

/** Whether the commit `whole` has `part` among its ancestors, as far as the history at hand tells. */
export type Contains = (whole: string, part: string) => Promise<boolean>;

export interface Pushed {
  product: string;
  /** A commit id or its beginning. */
  commit: string;
  contains: Contains;
  /** Executions that began earlier are of an earlier push of the same commit. Epoch milliseconds. */
  since?: number;
}

/**
 * What runs for a commit: the platform pipeline's execution and those that it started. Undefined while that cannot be
 * told: nothing has begun, or something has begun and has not fetched its source yet.
 */
export async function runsOfCommit(target: Target, pushed: Pushed): Promise<Run[] | undefined> {
  const platform = `${pushed.product}-platform`;
  const first = await carrierOf(await executionsOf(target, platform), pushed);
  if (!first) return undefined;
  const commit = commitOf(first)!;
  const began = first.startTime?.getTime() ?? 0;
  const others = (await pipelineNames(target, pushed.product)).filter(name => name !== platform);
  const found = await Promise.all(
    others.map(async pipeline => {
      const since = (await executionsOf(target, pipeline)).filter(each => !began || startOf(each) >= began);
      if (since.some(isUndecided)) return undefined;
      const run = since.find(each => commitOf(each) === commit);
      return run ? [runOf(target, pipeline, run)] : [];
    }),
  );
  if (found.includes(undefined)) return undefined;
  return Promise.all([runOf(target, platform, first), ...found.flatMap(runs => runs ?? [])]);
}

/** The newest execution of each pipeline that ever ran. */
export async function newestRuns(target: Target, pipelines: string[]): Promise<Run[]> {
  const newest = await Promise.all(
    pipelines.map(async pipeline => {
      const execution = (await executionsOf(target, pipeline).catch(() => []))[0];
      return execution ? [await runOf(target, pipeline, execution)] : [];
    }),
  );
  return newest.flat();
}

/**
 * The execution that carries a commit: the newest at it or, when a later push overtook it before it was fetched, the
 * oldest at a commit that contains it. Undefined while one has begun whose commit is not known yet.
 */
export async function carrierOf(
  newestFirst: PipelineExecutionSummary[],
  { commit, contains, since }: Omit<Pushed, 'product'>,
): Promise<PipelineExecutionSummary | undefined> {
  const candidates = newestFirst.filter(each => since === undefined || startOf(each) >= since);
  if (candidates.some(isUndecided)) return undefined;
  const exact = candidates.find(each => commitOf(each)?.startsWith(commit));
  if (exact) return exact;
  for (const each of candidates.toReversed()) {
    const whole = commitOf(each);
    if (whole && (await contains(whole, commit))) return each;
  }
  return undefined;
}

export async function runOf(
  target: Target,
  pipeline: string,
  execution: PipelineExecutionSummary,
): Promise<Run> {
  const id = execution.pipelineExecutionId ?? '';
  const told = execution.status ?? '';
  const overtaken = told === 'Failed' && isSuperseded(await actionsOf(target, { pipeline, id }));
  const status = overtaken ? 'Superseded' : told;
  const commit = commitOf(execution);
  const pending = status === 'InProgress' ? await pendingApprovals(target, pipeline) : [];
  const gate = pending.find(each => each.execution === id || each.behind.includes(id));
  return { pipeline, id, status, ...(commit && { commit }), ...(gate && { gate }) };
}

/** It has begun and has not fetched its source: nobody knows its commit. */
function isUndecided(execution: PipelineExecutionSummary): boolean {
  return execution.status === 'InProgress' && commitOf(execution) === undefined;
}

function startOf(execution: PipelineExecutionSummary): number {
  return execution.startTime?.getTime() ?? 0;
}
