import { setTimeout as delay } from 'node:timers/promises';
import {
  CodePipelineClient,
  GetPipelineStateCommand,
  type PipelineExecutionSummary,
  type StageState,
} from '@aws-sdk/client-codepipeline';
import type { RecordedEvent } from '@slipway/engine';
import { executionsOf, pipelineNames } from './executions.ts';
import type { Target } from './target.ts';

/** What a pipeline looks like at one moment. */
export interface PipelineSight {
  pipeline: string;
  executions: PipelineExecutionSummary[];
  stages: StageState[];
}

const POLL_MS = 5000;

/**
 * What happens in the pipelines of a product, seen by looking again and again: for AWS, which has no event stream that
 * a command could read without something set up first. Times are those of the looks.
 */
export async function* polledEvents(
  target: Target,
  product: string,
  options: { now(): number; signal: AbortSignal },
): AsyncGenerator<RecordedEvent, void> {
  let before: PipelineSight[] = [];
  while (!options.signal.aborted) {
    const pipelines = await pipelineNames(target, product);
    const after = await Promise.all(pipelines.map(pipeline => look(target, pipeline)));
    const time = new Date(options.now()).toISOString();
    for (const sight of after) {
      const known = before.find(each => each.pipeline === sight.pipeline);
      for (const event of eventsBetween(known, sight)) yield { ...event, seq: 0, time };
    }
    before = after;
    await delay(POLL_MS, undefined, { signal: options.signal }).catch(() => undefined);
  }
}

async function look(target: Target, pipeline: string): Promise<PipelineSight> {
  const [executions, state] = await Promise.all([
    executionsOf(target, pipeline),
    new CodePipelineClient(target).send(new GetPipelineStateCommand({ name: pipeline })),
  ]);
  return { pipeline, executions, stages: state.stageStates ?? [] };
}

type Told = Omit<RecordedEvent, 'seq' | 'time'>;

const WORDS: Record<string, string> = { InProgress: 'STARTED', Cancelled: 'CANCELED' };

/** What must have happened between two looks, as CodePipeline's events would tell it. */
export function eventsBetween(before: PipelineSight | undefined, after: PipelineSight): Told[] {
  const { pipeline } = after;
  const tell = (kind: string, detail: Record<string, unknown>, status: string | undefined): Told => ({
    source: 'aws.codepipeline',
    'detail-type': `CodePipeline ${kind} Execution State Change`,
    resources: [],
    detail: { pipeline, ...detail, state: WORDS[status ?? ''] ?? (status ?? '').toUpperCase() },
  });
  const begun = after.executions.flatMap(({ pipelineExecutionId: id, status }) => {
    const known = before?.executions.some(each => each.pipelineExecutionId === id);
    return known || status !== 'InProgress' ? [] : [tell('Pipeline', { 'execution-id': id }, status)];
  });
  const ended = after.executions.flatMap(({ pipelineExecutionId: id, status }) => {
    const known = before?.executions.find(each => each.pipelineExecutionId === id)?.status;
    return known === undefined || known === status ? [] : [tell('Pipeline', { 'execution-id': id }, status)];
  });
  const inside = after.stages.flatMap(stage => {
    const known = before?.stages.find(each => each.stageName === stage.stageName);
    const id = stage.latestExecution?.pipelineExecutionId;
    const same = known?.latestExecution?.pipelineExecutionId === id;
    const place = { 'execution-id': id, stage: stage.stageName };
    const stageStatus = stage.latestExecution?.status;
    const actions = (stage.actionStates ?? []).flatMap(({ actionName, latestExecution }) => {
      const earlier = known?.actionStates?.find(each => each.actionName === actionName)?.latestExecution;
      if (!latestExecution || (same && earlier?.status === latestExecution.status)) return [];
      if (!before && latestExecution.status !== 'InProgress') return [];
      const summary = latestExecution.errorDetails?.message ?? latestExecution.summary;
      const detail = {
        ...place,
        action: actionName,
        ...(latestExecution.token && { type: { provider: 'Manual' } }),
        ...(summary && { 'execution-result': { 'external-execution-summary': summary } }),
      };
      return [tell('Action', detail, latestExecution.status)];
    });
    if (!id || (same && known?.latestExecution?.status === stageStatus)) return actions;
    if (!before && stageStatus !== 'InProgress') return [];
    const entered = same ? [] : [tell('Stage', place, 'InProgress')];
    const left = stageStatus === 'InProgress' ? [] : [tell('Stage', place, stageStatus)];
    return [...entered, ...actions, ...left];
  });
  return [...begun, ...inside, ...ended];
}
