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
 * a command could read without something set up first.
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
    const at = new Date(options.now());
    for (const sight of after) {
      const known = before.find(each => each.pipeline === sight.pipeline);
      for (const event of eventsBetween(known, sight, at)) yield { ...event, seq: 0 };
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

type Told = Omit<RecordedEvent, 'seq'>;

const WORDS: Record<string, string> = { InProgress: 'STARTED', Cancelled: 'CANCELED' };

/**
 * What must have happened between two looks, as CodePipeline's events would tell it, at the times that it remembers; what
 * it does not has that of the second look.
 */
export function eventsBetween(before: PipelineSight | undefined, after: PipelineSight, at: Date): Told[] {
  const { pipeline } = after;
  const spans = spansOf(after);
  const tell = (
    kind: string,
    detail: Record<string, unknown>,
    { status, when }: { status: string | undefined; when: Date | undefined },
  ): Told => ({
    source: 'aws.codepipeline',
    time: (when ?? at).toISOString(),
    'detail-type': `CodePipeline ${kind} Execution State Change`,
    resources: [],
    detail: { pipeline, ...detail, state: WORDS[status ?? ''] ?? (status ?? '').toUpperCase() },
  });
  const begun = after.executions.flatMap(({ pipelineExecutionId: id, status, startTime: when }) => {
    const known = before?.executions.some(each => each.pipelineExecutionId === id);
    return known || status !== 'InProgress'
      ? []
      : [tell('Pipeline', { 'execution-id': id }, { status, when })];
  });
  const ended = after.executions.flatMap(({ pipelineExecutionId: id, status, lastUpdateTime: when }) => {
    const known = before?.executions.find(each => each.pipelineExecutionId === id)?.status;
    if (known === undefined || known === status) return [];
    return [tell('Pipeline', { 'execution-id': id }, { status, when })];
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
      const { status, lastStatusChange: when } = latestExecution;
      return [tell('Action', detail, { status, when })];
    });
    if (!id || (same && known?.latestExecution?.status === stageStatus)) return actions;
    if (!before && stageStatus !== 'InProgress') return [];
    const { entered: from, left: to } = spans.get(stage)!;
    const entered = same ? [] : [tell('Stage', place, { status: 'InProgress', when: from })];
    const left =
      stageStatus === 'InProgress' ? [] : [tell('Stage', place, { status: stageStatus, when: to })];
    return [...entered, ...actions, ...left];
  });
  return [...begun, ...inside, ...ended];
}

/** A stage is entered when its execution left the one before, and left at the last change of an action of it. */
function spansOf({ executions, stages }: PipelineSight): Map<StageState, { entered?: Date; left?: Date }> {
  const reached = new Map(executions.map(each => [each.pipelineExecutionId, each.startTime]));
  return new Map(
    stages.map(stage => {
      const id = stage.latestExecution?.pipelineExecutionId;
      const entered = reached.get(id);
      const changes = (stage.actionStates ?? []).flatMap(({ latestExecution }) => {
        const when = latestExecution?.lastStatusChange;
        return when && entered && when >= entered ? [when] : []; // others are of an earlier execution
      });
      const left = changes.sort((a, b) => a.getTime() - b.getTime()).at(-1) ?? entered;
      reached.set(id, left);
      return [stage, { ...(entered && { entered }), ...(left && { left }) }];
    }),
  );
}
