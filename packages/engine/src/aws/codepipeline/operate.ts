import type { Caller } from '../../core/api.ts';
import { AwsError } from '../../core/errors.ts';
import { recordOutcome } from './complete-action.ts';
import type { PipelineDeclaration, StageDeclaration } from './declaration.ts';
import { pipelineEvent, stageEvent } from './events.ts';
import { type Execution, isOver } from './execution.ts';
import type { Scene } from './scene.ts';
import { activeExecutions, executionOf, pipelineNamed, putExecution, stageRecord } from './tables.ts';

/** Who operated, as AWS names a user. */
export function operatorArn(caller: Caller): string {
  return `arn:aws:iam::${caller.account}:user/${caller.accessKeyId}`;
}

/** Asks an execution to stop: after its actions in progress, or at once, abandoning them. */
export function stopExecution(
  scene: Scene,
  input: { pipelineName?: unknown; pipelineExecutionId?: unknown; abandon?: unknown; reason?: unknown },
): { pipelineExecutionId: string } {
  const { context, tables } = scene;
  return context.store.transaction(() => {
    const pipeline = pipelineNamed(tables, context.account, input.pipelineName);
    const execution = executionOf(tables, pipeline.declaration.name, input.pipelineExecutionId);
    const abandon = input.abandon === true;
    if (isOver(execution))
      throw new AwsError(
        'PipelineExecutionNotStoppableException',
        `The pipeline execution '${execution.id}' is not in progress; it is ${execution.status}`,
      );
    if (execution.stop && (execution.stop.abandon || !abandon))
      throw new AwsError(
        'DuplicatedStopRequestException',
        `The pipeline execution '${execution.id}' is already stopping`,
      );
    const reason = typeof input.reason === 'string' ? { reason: input.reason.slice(0, 200) } : {};
    const stopping: Execution = {
      ...execution,
      status: 'Stopping',
      stop: { abandon, ...reason },
      updated: context.clock.now(),
      stages: markStopping(execution, pipeline.declaration),
    };
    putExecution(tables, stopping);
    if (execution.status === 'InProgress') {
      context.store.events.append(pipelineEvent(pipeline.arn, stopping, 'STOPPING'));
      const stage = pipeline.declaration.stages[execution.at.stage]!.name;
      if (execution.at.entered)
        context.store.events.append(stageEvent(pipeline.arn, stopping, stage, 'STOPPING'));
    }
    return { pipelineExecutionId: execution.id };
  });
}

function markStopping(execution: Execution, declaration: PipelineDeclaration): Execution['stages'] {
  const { name } = declaration.stages[execution.at.stage]!;
  const run = execution.stages[name];
  if (!execution.at.entered || !run) return execution.stages;
  return { ...execution.stages, [name]: { ...run, status: 'Stopping' } };
}

/**
 * Runs a failed stage again: its failed actions, or all of them. Only the latest execution of a stage, and only under
 * the structure it ran with.
 * https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_RetryStageExecution.html
 */
export function retryStage(
  scene: Scene,
  input: { pipelineName?: unknown; stageName?: unknown; pipelineExecutionId?: unknown; retryMode?: unknown },
): { pipelineExecutionId: string } {
  const { context, tables } = scene;
  return context.store.transaction(() => {
    const pipeline = pipelineNamed(tables, context.account, input.pipelineName);
    const { declaration } = pipeline;
    const execution = executionOf(tables, declaration.name, input.pipelineExecutionId);
    const stage = stageNamed(declaration, input.stageName);
    if (input.retryMode !== 'FAILED_ACTIONS' && input.retryMode !== 'ALL_ACTIONS')
      throw new AwsError('ValidationException', 'retryMode must be FAILED_ACTIONS or ALL_ACTIONS');
    if (stageRecord(tables, declaration.name, stage.name).latest !== execution.id)
      throw new AwsError(
        'NotLatestPipelineExecutionException',
        `The pipeline execution '${execution.id}' is not the latest of stage '${stage.name}'`,
      );
    const run = execution.stages[stage.name];
    const index = declaration.stages.indexOf(stage);
    if (!run || execution.at.stage !== index || (run.status !== 'Failed' && run.status !== 'Stopped'))
      throw notRetryable(stage, `is ${run?.status ?? 'not entered'}, not Failed`);
    if (execution.version !== declaration.version)
      throw notRetryable(stage, 'failed under an earlier structure of the pipeline; start a new execution');
    const busy = activeExecutions(tables, pipeline).some(
      other => other.at.entered && other.at.stage === index && execution.mode !== 'PARALLEL',
    );
    if (busy) throw notRetryable(stage, 'is held by another execution');
    const kept = input.retryMode === 'ALL_ACTIONS' ? {} : succeededActions(scene, run.actions);
    const { beforeEntry, onSuccess: _, ...rest } = run;
    const { stop: __, statusSummary: ___, ...unstopped } = execution;
    const entered = beforeEntry === undefined || beforeEntry.status === 'Succeeded';
    const resumed: Execution = {
      ...unstopped,
      status: 'InProgress',
      attempt: execution.attempt + 1,
      updated: context.clock.now(),
      at: { stage: index, entered },
      stages: {
        ...execution.stages,
        [stage.name]: {
          ...rest,
          ...(entered && beforeEntry && { beforeEntry }),
          status: 'InProgress',
          manualRetries: run.manualRetries + 1,
          actions: kept,
        },
      },
    };
    putExecution(tables, resumed);
    context.store.events.append(pipelineEvent(pipeline.arn, resumed, 'RESUMED'));
    context.store.events.append(stageEvent(pipeline.arn, resumed, stage.name, 'RESUMED'));
    return { pipelineExecutionId: execution.id };
  });
}

function succeededActions({ tables }: Scene, actions: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(actions).filter(([, key]) => tables.actions.get(key)?.status === 'Succeeded'),
  );
}

function notRetryable(stage: StageDeclaration, why: string): AwsError {
  return new AwsError('StageNotRetryableException', `The stage '${stage.name}' cannot be retried: it ${why}`);
}

/** Answers an approval. The token is that of GetPipelineState or ListActionExecutions. */
export function putApprovalResult(
  scene: Scene,
  input: {
    pipelineName?: unknown;
    stageName?: unknown;
    actionName?: unknown;
    token?: unknown;
    result?: { status?: unknown; summary?: unknown };
  },
  caller: Caller,
): { approvedAt: Date } {
  const { context, tables } = scene;
  return context.store.transaction(() => {
    const { declaration } = pipelineNamed(tables, context.account, input.pipelineName);
    const stage = stageNamed(declaration, input.stageName);
    const action = stage.actions.find(each => each.name === input.actionName);
    if (action?.actionTypeId.category !== 'Approval')
      throw new AwsError(
        'ActionNotFoundException',
        `The stage '${stage.name}' has no approval action '${String(input.actionName)}'`,
      );
    const status = input.result?.status;
    const summary = input.result?.summary;
    if (
      (status !== 'Approved' && status !== 'Rejected') ||
      typeof summary !== 'string' ||
      summary.length > 512
    )
      throw new AwsError(
        'ValidationException',
        'result needs a status (Approved or Rejected) and a summary of at most 512 characters',
      );
    const runs = tables.actions
      .values(`${declaration.name}/`)
      .filter(run => run.stage === stage.name && run.action === action.name);
    const run = runs.find(each => each.approval?.token === input.token);
    if (!run) throw new AwsError('InvalidApprovalTokenException', 'The approval token is not valid');
    if (run.status !== 'InProgress')
      throw new AwsError(
        'ApprovalAlreadyCompletedException',
        `The approval of '${action.name}' has been completed: ${run.status}`,
      );
    const updatedBy = operatorArn(caller);
    const known = { summary, updatedBy };
    recordOutcome(
      scene,
      run.key,
      status === 'Approved'
        ? { state: 'Succeeded', ...known }
        : {
            state: 'Failed',
            code: 'JobFailed',
            message: `The approval was rejected${summary ? `: ${summary}` : ''}`,
            ...known,
          },
    );
    return { approvedAt: new Date(context.clock.now()) };
  });
}

/** Opens or closes a stage's inbound transition; an outbound one is the inbound one of the next stage. */
export function setTransition(
  scene: Scene,
  input: { pipelineName?: unknown; stageName?: unknown; transitionType?: unknown; reason?: unknown },
  enabled: boolean,
  caller: Caller,
): void {
  const { context, tables } = scene;
  context.store.transaction(() => {
    const { declaration } = pipelineNamed(tables, context.account, input.pipelineName);
    const named = stageNamed(declaration, input.stageName);
    if (input.transitionType !== 'Inbound' && input.transitionType !== 'Outbound')
      throw new AwsError('ValidationException', 'transitionType must be Inbound or Outbound');
    if (!enabled && (typeof input.reason !== 'string' || input.reason === '' || input.reason.length > 300))
      throw new AwsError('ValidationException', 'reason must have 1 to 300 characters');
    const offset = input.transitionType === 'Inbound' ? 0 : 1;
    const stage = declaration.stages[declaration.stages.indexOf(named) + offset];
    if (!stage || stage === declaration.stages[0])
      throw new AwsError('ValidationException', `Stage '${named.name}' has no such transition`);
    tables.stages.put(`${declaration.name}/${stage.name}`, {
      ...stageRecord(tables, declaration.name, stage.name),
      transition: {
        enabled,
        ...(!enabled && { reason: String(input.reason) }),
        changedBy: operatorArn(caller),
        changedAt: context.clock.now(),
      },
    });
  });
}

function stageNamed(declaration: PipelineDeclaration, name: unknown): StageDeclaration {
  const stage = declaration.stages.find(each => each.name === name);
  if (!stage)
    throw new AwsError(
      'StageNotFoundException',
      `The pipeline '${declaration.name}' has no stage '${String(name)}'`,
    );
  return stage;
}
