import type { RecordedEvent } from '@slipway/engine';

export type State =
  | 'STARTED'
  | 'SUCCEEDED'
  | 'FAILED'
  | 'SKIPPED'
  | 'STOPPED'
  | 'SUPERSEDED'
  | 'CANCELED'
  | string;

export interface StageProgress {
  name: string;
  state: State;
  startedAt: number;
  endedAt?: number;
  /** The action under way, or the one that failed. */
  action?: string;
  waitsForApproval?: boolean;
}

export interface PipelineProgress {
  pipeline: string;
  execution: string;
  state: State;
  startedAt: number;
  endedAt?: number;
  stages: StageProgress[];
  /** Why it failed, as the action said. */
  reason?: string;
}

/** The newest execution of each pipeline, by pipeline name. */
export type Progress = ReadonlyMap<string, PipelineProgress>;

/** What an event means to someone who watches: one line, or nothing. */
export interface Note {
  pipeline: string;
  text: string;
  state: State;
  /** How long the thing took, milliseconds. */
  tookMs?: number;
}

interface PipelineDetail {
  pipeline: string;
  'execution-id': string;
  stage?: string;
  action?: string;
  state: State;
  type?: { provider?: string };
  'execution-result'?: { 'external-execution-summary'?: string };
}

/** Takes in one event: the progress after it, and the note that tells it. Events of other things change nothing. */
export function advance(progress: Progress, event: RecordedEvent): { progress: Progress; note?: Note } {
  if (event.source !== 'aws.codepipeline') return { progress };
  const told = event.detail as unknown as PipelineDetail;
  // A stage that is tried again begins anew.
  const detail = told.state === 'RESUMED' ? { ...told, state: 'STARTED' } : told;
  const at = Date.parse(event.time);
  const before = progress.get(detail.pipeline);
  const current = before?.execution === detail['execution-id'] ? before : undefined;
  if (!current && detail.state !== 'STARTED') return { progress };
  const base = current ?? fresh(detail, at);
  const next = detail.action
    ? withAction(base, detail, at)
    : detail.stage
      ? withStage(base, detail, at)
      : withExecution(base, detail, at);
  return { progress: new Map(progress).set(detail.pipeline, next), ...noteOf(next, detail, at) };
}

function fresh(detail: PipelineDetail, at: number): PipelineProgress {
  const { pipeline } = detail;
  return { pipeline, execution: detail['execution-id'], state: 'STARTED', startedAt: at, stages: [] };
}

function withExecution(progress: PipelineProgress, detail: PipelineDetail, at: number): PipelineProgress {
  return { ...progress, state: detail.state, ...(detail.state === 'STARTED' ? {} : { endedAt: at }) };
}

function withStage(progress: PipelineProgress, detail: PipelineDetail, at: number): PipelineProgress {
  const known = progress.stages.find(stage => stage.name === detail.stage);
  const started = known && detail.state !== 'STARTED' ? known.startedAt : at;
  const stage: StageProgress = { ...known, name: detail.stage!, state: detail.state, startedAt: started };
  if (detail.state === 'STARTED') delete stage.endedAt;
  else stage.endedAt = at;
  return { ...progress, stages: replaceStage(progress.stages, stage) };
}

function withAction(progress: PipelineProgress, detail: PipelineDetail, at: number): PipelineProgress {
  const known = progress.stages.find(stage => stage.name === detail.stage);
  const stage: StageProgress = known ?? { name: detail.stage!, state: 'STARTED', startedAt: at };
  const manual = detail.type?.provider === 'Manual';
  const next: StageProgress = {
    ...stage,
    waitsForApproval: manual && detail.state === 'STARTED',
    ...(detail.state === 'SUCCEEDED' ? {} : { action: detail.action! }),
  };
  const reason = detail['execution-result']?.['external-execution-summary'];
  return {
    ...progress,
    stages: replaceStage(progress.stages, next),
    ...(detail.state === 'FAILED' && reason ? { reason } : {}),
  };
}

function replaceStage(stages: StageProgress[], stage: StageProgress): StageProgress[] {
  const known = stages.some(each => each.name === stage.name);
  return known ? stages.map(each => (each.name === stage.name ? stage : each)) : [...stages, stage];
}

function noteOf(progress: PipelineProgress, detail: PipelineDetail, at: number): { note?: Note } {
  const { pipeline, state } = detail;
  if (detail.action) {
    if (detail.type?.provider === 'Manual' && state === 'STARTED') {
      return { note: { pipeline, state: 'WAITING', text: `${detail.stage} waits for approval` } };
    }
    if (state !== 'FAILED') return {};
    const reason = progress.reason ? `: ${progress.reason}` : '';
    return { note: { pipeline, state, text: `${detail.stage}/${detail.action} failed${reason}` } };
  }
  if (detail.stage) {
    const stage = progress.stages.find(each => each.name === detail.stage);
    if (state === 'STARTED' || !stage) return {};
    return { note: { pipeline, state, text: detail.stage, tookMs: at - stage.startedAt } };
  }
  if (state === 'STARTED') return { note: { pipeline, state, text: 'started' } };
  return { note: { pipeline, state, text: state.toLowerCase(), tookMs: at - progress.startedAt } };
}
