import type { ActionRun } from './action.ts';
import type { ActionDeclaration, StageDeclaration } from './declaration.ts';
import type { ConditionRun, Execution } from './execution.ts';
import type { Pipeline } from './pipeline.ts';
import type { ArtifactLocation } from './ports.ts';
import { activeExecutions, stageRecord, type Tables } from './tables.ts';

/** PipelineSummary of ListPipelines. */
export function summaryOf({ declaration, created, updated }: Pipeline) {
  const { name, version, pipelineType, executionMode } = declaration;
  return {
    name,
    version,
    pipelineType,
    executionMode,
    created: new Date(created),
    updated: new Date(updated),
  };
}

/** PipelineExecutionSummary of ListPipelineExecutions. */
export function executionSummary(execution: Execution) {
  return {
    pipelineExecutionId: execution.id,
    status: execution.status,
    ...(execution.statusSummary && { statusSummary: execution.statusSummary }),
    startTime: new Date(execution.started),
    lastUpdateTime: new Date(execution.updated),
    sourceRevisions: execution.revisions.map(({ artifact: _, ...revision }) => revision),
    trigger: execution.trigger,
    ...(execution.stop && { stopTrigger: execution.stop.reason ? { reason: execution.stop.reason } : {} }),
    executionMode: execution.mode,
    executionType: 'STANDARD',
  };
}

/** PipelineExecution of GetPipelineExecution. */
export function executionDetail(execution: Execution) {
  return {
    pipelineName: execution.pipeline,
    pipelineVersion: execution.version,
    pipelineExecutionId: execution.id,
    status: execution.status,
    ...(execution.statusSummary && { statusSummary: execution.statusSummary }),
    artifactRevisions: execution.revisions.map(revision => ({
      name: revision.artifact,
      revisionId: revision.revisionId,
      revisionSummary: revision.revisionSummary,
      revisionUrl: revision.revisionUrl,
      created: new Date(execution.started),
    })),
    variables: Object.entries(execution.variables.variables ?? {}).map(([name, resolvedValue]) => ({
      name,
      resolvedValue,
    })),
    trigger: execution.trigger,
    executionMode: execution.mode,
    executionType: 'STANDARD',
  };
}

/** StageState of GetPipelineState: who is in, who waits before it, and each action's latest run. */
export function stageState(tables: Tables, pipeline: Pipeline, stage: StageDeclaration) {
  const { name } = pipeline.declaration;
  const index = pipeline.declaration.stages.indexOf(stage);
  const record = stageRecord(tables, name, stage.name);
  const latest = record.latest ? tables.executions.get(`${name}/${record.latest}`) : undefined;
  const run = latest?.stages[stage.name];
  const inbound = activeExecutions(tables, pipeline)
    .filter(({ at }) => at.stage === index && !at.entered)
    .map(({ id, status }) => ({ pipelineExecutionId: id, status, type: 'STANDARD' }));
  const { enabled, reason, changedAt, changedBy } = record.transition;
  return {
    stageName: stage.name,
    ...(inbound.length > 0 && { inboundExecution: inbound.at(-1), inboundExecutions: inbound }),
    inboundTransitionState: {
      enabled,
      ...(reason && { disabledReason: reason }),
      ...(changedBy && { lastChangedBy: changedBy }),
      ...(changedAt && { lastChangedAt: new Date(changedAt) }),
    },
    actionStates: stage.actions.map(action => {
      const key = record.actions[action.name];
      return actionState(action, key ? tables.actions.get(key) : undefined, latest);
    }),
    ...(latest &&
      run && {
        latestExecution: { pipelineExecutionId: latest.id, status: run.status, type: 'STANDARD' },
        ...(run.beforeEntry && { beforeEntryConditionState: conditionState(run.beforeEntry) }),
        ...(run.onSuccess && { onSuccessConditionState: conditionState(run.onSuccess) }),
        ...(run.manualRetries > 0 && {
          retryStageMetadata: {
            manualStageRetryAttempt: run.manualRetries,
            latestRetryTrigger: 'ManualStageRetry',
          },
        }),
      }),
  };
}

function actionState(action: ActionDeclaration, run: ActionRun | undefined, latest: Execution | undefined) {
  if (!run) return { actionName: action.name };
  const revision = latest?.revisions.find(each => each.actionName === action.name);
  return {
    actionName: action.name,
    ...(action.actionTypeId.category === 'Source' &&
      run.externalId && {
        currentRevision: {
          revisionId: run.externalId,
          revisionChangeId: run.externalId,
          created: new Date(run.started),
        },
      }),
    ...(revision && { revisionUrl: revision.revisionUrl }),
    ...(run.configuration.ExternalEntityLink && { entityUrl: run.configuration.ExternalEntityLink }),
    latestExecution: {
      actionExecutionId: run.id,
      status: run.status,
      ...(run.summary && { summary: run.summary }),
      lastStatusChange: new Date(run.updated),
      ...(run.status === 'InProgress' && run.approval && { token: run.approval.token }),
      ...(run.updatedBy && { lastUpdatedBy: run.updatedBy }),
      ...(run.externalId && { externalExecutionId: run.externalId }),
      ...(run.externalUrl && { externalExecutionUrl: run.externalUrl }),
      ...(run.error && { errorDetails: run.error }),
    },
  };
}

function conditionState(run: ConditionRun) {
  const lastStatusChange = new Date(run.at);
  return {
    latestExecution: { status: run.status, summary: run.summary },
    conditionStates: [
      {
        latestExecution: { status: run.status, summary: run.summary, lastStatusChange },
        ruleStates: run.rules.map(rule => ({
          ruleName: rule.name,
          latestExecution: {
            ruleExecutionId: rule.id,
            status: rule.status,
            summary: rule.summary,
            lastStatusChange,
          },
        })),
      },
    ],
  };
}

/** ActionExecutionDetail of ListActionExecutions. An approval's token is its externalExecutionId. */
export function actionDetail(run: ActionRun, region: string) {
  const { actionTypeId, configuration, roleArn, namespace } = run.declaration;
  const externalId = run.externalId ?? run.approval?.token;
  return {
    pipelineExecutionId: run.execution,
    actionExecutionId: run.id,
    pipelineVersion: run.version,
    stageName: run.stage,
    actionName: run.action,
    startTime: new Date(run.started),
    lastUpdateTime: new Date(run.updated),
    ...(run.updatedBy && { updatedBy: run.updatedBy }),
    status: run.status,
    input: {
      actionTypeId,
      configuration,
      resolvedConfiguration: run.configuration,
      ...(roleArn && { roleArn }),
      region: run.declaration.region ?? region,
      inputArtifacts: run.inputs.map(locationOf),
      ...(namespace && { namespace }),
    },
    output: {
      outputArtifacts: run.status === 'Succeeded' ? run.outputs.map(locationOf) : [],
      executionResult: {
        ...(externalId && { externalExecutionId: externalId }),
        ...(run.summary && { externalExecutionSummary: run.summary }),
        ...(run.externalUrl && { externalExecutionUrl: run.externalUrl }),
        ...(run.error && { errorDetails: run.error }),
      },
      outputVariables: run.outputVariables ?? {},
    },
  };
}

function locationOf({ name, bucket, key }: ArtifactLocation) {
  return { name, s3location: { bucket, key } };
}
