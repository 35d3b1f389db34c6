import type { Controller } from '../../core/controllers.ts';
import { checkConditions } from './conditions.ts';
import type { Condition, StageDeclaration } from './declaration.ts';
import { actionEvent, type PipelineState, pipelineEvent, type StageState, stageEvent } from './events.ts';
import type { ConditionRun, Execution, ExecutionStatus, StageRun, StageStatus } from './execution.ts';
import { decideStage, gateOf } from './gate.ts';
import type { Pipeline } from './pipeline.ts';
import type { Scene } from './scene.ts';
import { namespacesOf, startAction } from './start-action.ts';
import { activeExecutions, putAction, putExecution, stageRecord } from './tables.ts';

/** Moves executions from stage to stage: one step is one transaction, in which everything due happens. */
export function executionController(scene: Scene): Controller {
  const { tables } = scene;
  return {
    name: 'codepipeline-executions',
    active: () =>
      tables.pipelines.entries().flatMap(([name, pipeline]) => (pipeline.active.length > 0 ? [name] : [])),
    step: async name => scene.context.store.transaction(() => advancePipeline(scene, name)),
  };
}

function advancePipeline(scene: Scene, name: string): void {
  const moveOne = (): boolean => {
    const pipeline = scene.tables.pipelines.get(name);
    if (!pipeline) return false;
    const active = activeExecutions(scene.tables, pipeline);
    return active.some(execution =>
      execution.at.entered
        ? advanceInside(scene, pipeline, execution)
        : advanceInbound(scene, pipeline, execution, active),
    );
  };
  while (moveOne());
}

/** Between stages. Returns whether anything happened. */
function advanceInbound(
  scene: Scene,
  pipeline: Pipeline,
  execution: Execution,
  active: Execution[],
): boolean {
  if (execution.status === 'Stopping') return end(scene, pipeline, execution, 'Stopped');
  const stage = pipeline.declaration.stages[execution.at.stage]!;
  const { transition } = stageRecord(scene.tables, execution.pipeline, stage.name);
  switch (gateOf(execution, active, transition)) {
    case 'wait':
      return false;
    case 'supersede':
      return end(scene, pipeline, execution, 'Superseded');
    case 'enter':
      return enter(scene, pipeline, execution, stage);
  }
}

function enter(scene: Scene, pipeline: Pipeline, waiting: Execution, stage: StageDeclaration): boolean {
  const { context, tables } = scene;
  const now = context.clock.now();
  const run: StageRun = {
    status: 'InProgress',
    started: now,
    manualRetries: waiting.stages[stage.name]?.manualRetries ?? 0,
    actions: {},
  };
  const execution: Execution = {
    ...withRun(waiting, stage.name, run, now),
    at: { stage: waiting.at.stage, entered: true },
  };
  const record = stageRecord(tables, execution.pipeline, stage.name);
  tables.stages.put(`${execution.pipeline}/${stage.name}`, { ...record, latest: execution.id });
  context.store.events.append(stageEvent(pipeline.arn, execution, stage.name, 'STARTED'));
  if (!stage.beforeEntry) {
    putExecution(tables, execution);
    return true;
  }
  return passEntry(scene, pipeline, execution, stage);
}

/** The entry condition: not met means skipped or failed, as its result says. */
function passEntry(scene: Scene, pipeline: Pipeline, execution: Execution, stage: StageDeclaration): boolean {
  const conditions = stage.beforeEntry?.conditions ?? [];
  const beforeEntry = check(scene, execution, conditions);
  const checked = withRun(execution, stage.name, { ...execution.stages[stage.name]!, beforeEntry });
  if (beforeEntry.status === 'Succeeded') {
    putExecution(scene.tables, checked);
    return true;
  }
  const skips = conditions.some(condition => condition.result === 'SKIP');
  if (skips && beforeEntry.status === 'Failed') return leave(scene, pipeline, checked, stage, 'Skipped');
  return fail(scene, pipeline, checked, stage, beforeEntry.summary);
}

/** Inside a stage. Returns whether anything happened. */
function advanceInside(scene: Scene, pipeline: Pipeline, execution: Execution): boolean {
  const { tables } = scene;
  const stage = pipeline.declaration.stages[execution.at.stage]!;
  const run = execution.stages[stage.name]!;
  if (execution.stop?.abandon) return abandonStage(scene, pipeline, execution, 'Stopped');
  const statuses = Object.fromEntries(
    Object.entries(run.actions).map(([name, key]) => [name, tables.actions.get(key)?.status]),
  );
  const decision = decideStage(stage, statuses, execution.status === 'Stopping');
  switch (decision.next) {
    case 'wait':
      return false;
    case 'start': {
      const started = decision.actions.map(action => startAction(scene, pipeline, execution, action));
      const actions = { ...run.actions, ...Object.fromEntries(started.map(each => [each.action, each.key])) };
      putExecution(tables, withRun(execution, stage.name, { ...run, actions }, scene.context.clock.now()));
      return true;
    }
    case 'stop':
      return endStage(scene, pipeline, execution, stage, 'Stopped');
    case 'fail':
      return endStage(scene, pipeline, execution, stage, 'Failed');
    case 'succeed':
      return pass(scene, pipeline, execution, stage);
  }
}

/** All actions succeeded: the success conditions decide whether the stage did. */
function pass(scene: Scene, pipeline: Pipeline, execution: Execution, stage: StageDeclaration): boolean {
  if (!stage.onSuccess) return leave(scene, pipeline, execution, stage, 'Succeeded');
  const onSuccess = check(scene, execution, stage.onSuccess.conditions);
  const checked = withRun(execution, stage.name, { ...execution.stages[stage.name]!, onSuccess });
  if (onSuccess.status === 'Succeeded') return leave(scene, pipeline, checked, stage, 'Succeeded');
  return fail(scene, pipeline, checked, stage, onSuccess.summary);
}

function check(scene: Scene, execution: Execution, conditions: Condition[]): ConditionRun {
  const { clock, ids } = scene.context;
  return checkConditions(conditions, namespacesOf(execution), { at: clock.now(), uuid: () => ids.uuid() });
}

function leave(
  scene: Scene,
  pipeline: Pipeline,
  execution: Execution,
  stage: StageDeclaration,
  status: 'Succeeded' | 'Skipped',
): boolean {
  const now = scene.context.clock.now();
  const left = withRun(execution, stage.name, { ...execution.stages[stage.name]!, status }, now);
  const state = status === 'Skipped' ? 'SKIPPED' : 'SUCCEEDED';
  scene.context.store.events.append(stageEvent(pipeline.arn, left, stage.name, state));
  const next = left.at.stage + 1;
  if (next === pipeline.declaration.stages.length) return end(scene, pipeline, left, 'Succeeded');
  putExecution(scene.tables, { ...left, at: { stage: next, entered: false } });
  return true;
}

function fail(
  scene: Scene,
  pipeline: Pipeline,
  execution: Execution,
  stage: StageDeclaration,
  summary: string,
): boolean {
  return endStage(scene, pipeline, { ...execution, statusSummary: summary }, stage, 'Failed');
}

/** Ends a stage and its execution alike: failed, stopped or cancelled; the stage is free again. */
function endStage(
  scene: Scene,
  pipeline: Pipeline,
  execution: Execution,
  stage: StageDeclaration,
  status: 'Failed' | 'Stopped' | 'Cancelled',
): boolean {
  const ended = withRun(execution, stage.name, { ...execution.stages[stage.name]!, status });
  scene.context.store.events.append(stageEvent(pipeline.arn, ended, stage.name, stateOf(status)));
  return end(scene, pipeline, ended, status);
}

function end(
  scene: Scene,
  pipeline: Pipeline,
  execution: Execution,
  status: Exclude<ExecutionStatus, 'InProgress' | 'Stopping'>,
): boolean {
  const ended: Execution = { ...execution, status, updated: scene.context.clock.now() };
  putExecution(scene.tables, ended);
  const state =
    status === 'Succeeded' || status === 'Superseded'
      ? (status.toUpperCase() as PipelineState)
      : stateOf(status);
  scene.context.store.events.append(pipelineEvent(pipeline.arn, ended, state));
  return true;
}

/** Ends an execution at once, whatever it does; its actions in progress are abandoned. */
export function abandonStage(
  scene: Scene,
  pipeline: Pipeline,
  execution: Execution,
  status: 'Stopped' | 'Cancelled',
): boolean {
  const { context, tables } = scene;
  if (!execution.at.entered) return end(scene, pipeline, execution, status);
  const stage = pipeline.declaration.stages[execution.at.stage]!;
  for (const key of Object.values(execution.stages[stage.name]?.actions ?? {})) {
    const run = tables.actions.get(key);
    if (run?.status !== 'InProgress') continue;
    const abandoned = { ...run, status: 'Abandoned' as const, updated: context.clock.now() };
    putAction(tables, abandoned);
    const place = { arn: pipeline.arn, region: context.region };
    const state = status === 'Cancelled' ? 'CANCELED' : 'ABANDONED';
    context.store.events.append(actionEvent(place, abandoned, execution.attempt, state));
    scene.abandon(abandoned);
  }
  return endStage(scene, pipeline, execution, stage, status);
}

function withRun(execution: Execution, stage: string, run: StageRun, updated = execution.updated): Execution {
  return { ...execution, updated, stages: { ...execution.stages, [stage]: run } };
}

function stateOf(status: StageStatus & ('Failed' | 'Stopped' | 'Cancelled')): StageState & PipelineState {
  return status === 'Failed' ? 'FAILED' : status === 'Stopped' ? 'STOPPED' : 'CANCELED';
}
