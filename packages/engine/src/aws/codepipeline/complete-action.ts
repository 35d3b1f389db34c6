import type { ActionRun } from './action.ts';
import { actionEvent } from './events.ts';
import type { SourceRevision } from './execution.ts';
import type { Scene } from './scene.ts';
import { putAction, putExecution } from './tables.ts';

/** What is known of an action outside. */
export interface Outside {
  externalId?: string;
  externalUrl?: string;
  summary?: string;
  updatedBy?: string;
}

export type Outcome = Outside &
  (
    | { state: 'InProgress'; again?: number }
    | { state: 'Succeeded'; variables?: Record<string, string>; revision?: SourceRevision }
    | { state: 'Failed'; code: string; message: string }
  );

/**
 * Writes an action's outcome, its variables and its artifacts in one transaction. Returns whether the action was still
 * in progress: one that has been abandoned meanwhile stays so.
 */
export function recordOutcome(scene: Scene, key: string, outcome: Outcome): boolean {
  const { context, tables } = scene;
  return context.store.transaction(() => {
    const run = tables.actions.get(key);
    if (run?.status !== 'InProgress') return false;
    const known = { ...run, ...outside(outcome) };
    if (outcome.state === 'InProgress') {
      putAction(tables, known);
      return true;
    }
    finish(scene, { ...known, status: outcome.state, updated: context.clock.now() }, outcome);
    return true;
  });
}

function finish(scene: Scene, run: ActionRun, outcome: Exclude<Outcome, { state: 'InProgress' }>): void {
  const { context, tables } = scene;
  const ended: ActionRun = {
    ...run,
    ...(outcome.state === 'Failed' && { error: { code: outcome.code, message: outcome.message } }),
    ...(outcome.state === 'Succeeded' && outcome.variables && { outputVariables: outcome.variables }),
  };
  putAction(tables, ended);
  const execution = tables.executions.get(`${run.pipeline}/${run.execution}`);
  const pipeline = tables.pipelines.get(run.pipeline);
  if (!execution || !pipeline) return;
  const state = outcome.state === 'Failed' ? 'FAILED' : 'SUCCEEDED';
  const place = { arn: pipeline.arn, region: context.region };
  context.store.events.append(actionEvent(place, ended, execution.attempt, state));
  const { namespace } = run.declaration;
  const made = outcome.state === 'Succeeded' ? run.outputs : [];
  const variables =
    outcome.state === 'Succeeded' && namespace ? { [namespace]: outcome.variables ?? {} } : {};
  const revision = outcome.state === 'Succeeded' ? outcome.revision : undefined;
  putExecution(tables, {
    ...execution,
    updated: context.clock.now(),
    variables: { ...execution.variables, ...variables },
    artifacts: { ...execution.artifacts, ...Object.fromEntries(made.map(each => [each.name, each])) },
    revisions: revision
      ? [...execution.revisions.filter(each => each.actionName !== revision.actionName), revision]
      : execution.revisions,
  });
}

function outside({ externalId, externalUrl, summary, updatedBy }: Outcome): Outside {
  return {
    ...(externalId !== undefined && { externalId }),
    ...(externalUrl !== undefined && { externalUrl }),
    ...(summary !== undefined && { summary }),
    ...(updatedBy !== undefined && { updatedBy }),
  };
}
