import type { EngineEvent } from '../../core/events.ts';
import type { ActionRun } from './action.ts';
import type { Execution } from './execution.ts';

/**
 * EventBridge's events of CodePipeline.
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/detect-state-changes-cloudwatch-events.html
 */
export type PipelineState =
  | 'STARTED'
  | 'SUCCEEDED'
  | 'FAILED'
  | 'CANCELED'
  | 'STOPPING'
  | 'STOPPED'
  | 'SUPERSEDED'
  | 'RESUMED';

export type StageState = Exclude<PipelineState, 'SUPERSEDED'> | 'SKIPPED';

export type ActionState = 'STARTED' | 'SUCCEEDED' | 'FAILED' | 'CANCELED' | 'ABANDONED';

export function pipelineEvent(arn: string, execution: Execution, state: PipelineState): EngineEvent {
  return {
    source: 'aws.codepipeline',
    'detail-type': 'CodePipeline Pipeline Execution State Change',
    resources: [arn],
    detail: {
      ...common(execution),
      state,
      'execution-trigger': {
        'trigger-type': execution.trigger.triggerType,
        ...(execution.trigger.triggerDetail && { 'trigger-detail': execution.trigger.triggerDetail }),
      },
      'start-time': new Date(execution.started).toISOString(),
    },
  };
}

export function stageEvent(arn: string, execution: Execution, stage: string, state: StageState): EngineEvent {
  const started = execution.stages[stage]?.started ?? execution.updated;
  return {
    source: 'aws.codepipeline',
    'detail-type': 'CodePipeline Stage Execution State Change',
    resources: [arn],
    detail: { ...common(execution), stage, state, 'start-time': new Date(started).toISOString() },
  };
}

export function actionEvent(
  place: { arn: string; region: string },
  run: ActionRun,
  attempt: number,
  state: ActionState,
): EngineEvent {
  const { category, owner, provider, version } = run.declaration.actionTypeId;
  const result = {
    ...(run.externalUrl && { 'external-execution-url': run.externalUrl }),
    ...(run.summary && { 'external-execution-summary': run.summary }),
    ...(run.externalId && { 'external-execution-id': run.externalId }),
    ...(run.error && { 'error-code': run.error.code }),
  };
  const locations = (artifacts: ActionRun['inputs']) =>
    artifacts.map(({ name, bucket, key }) => ({ name, s3location: { bucket, key } }));
  return {
    source: 'aws.codepipeline',
    'detail-type': 'CodePipeline Action Execution State Change',
    resources: [place.arn],
    detail: {
      pipeline: run.pipeline,
      version: run.version,
      'execution-id': run.execution,
      'pipeline-execution-attempt': attempt,
      stage: run.stage,
      action: run.action,
      'action-execution-id': run.id,
      state,
      region: run.declaration.region ?? place.region,
      type: { owner, provider, category, version },
      'start-time': new Date(run.started).toISOString(),
      ...(state !== 'STARTED' && Object.keys(result).length > 0 && { 'execution-result': result }),
      ...(run.inputs.length > 0 && { 'input-artifacts': locations(run.inputs) }),
      ...(state === 'SUCCEEDED' && run.outputs.length > 0 && { 'output-artifacts': locations(run.outputs) }),
    },
  };
}

function common(execution: Execution) {
  return {
    pipeline: execution.pipeline,
    version: execution.version,
    'execution-id': execution.id,
    'pipeline-execution-attempt': execution.attempt,
  };
}
