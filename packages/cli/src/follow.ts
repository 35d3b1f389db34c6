import { setTimeout as delay } from 'node:timers/promises';
import type { RecordedEvent } from '@slipway/engine';
import { answerApproval, isFirstRelease, pendingApprovals } from './approvals.ts';
import { engineEvents } from './engine-events.ts';
import type { EngineInfo } from './engine-process.ts';
import { executionsOf, failureOf } from './executions.ts';
import { advance, type Progress } from './progress.ts';
import { shortName } from './render.ts';
import type { Screen } from './screen.ts';
import type { Target } from './target.ts';

/** How a release ended. */
export interface Outcome {
  state: 'LIVE' | 'FAILED' | 'WAITING FOR APPROVAL';
  lines: string[];
}

export interface FollowOptions {
  target: Target;
  engine: EngineInfo;
  product: string;
  services: string[];
  approve: 'first' | 'all' | 'none';
  screen: Screen;
  signal: AbortSignal;
}

const RECONNECT_MS = 200;

/** Shows what happens until every pipeline has ended or waits for a person, approving as asked. */
export async function followRelease(options: FollowOptions): Promise<Outcome> {
  let progress: Progress = new Map();
  let after = 0;
  while (!options.signal.aborted) {
    const settled = await outcomeNow(options);
    if (settled) return settled;
    const leave = new AbortController();
    const signal = AbortSignal.any([options.signal, leave.signal]);
    try {
      for await (const event of engineEvents(options.engine.endpoint, after, signal)) {
        after = event.seq;
        const step = advance(progress, event);
        progress = step.progress;
        options.screen.event(event, step.note, progress);
        if (endsSomething(event) && (await outcomeNow(options))) leave.abort();
      }
    } catch {
      await delay(RECONNECT_MS);
    }
  }
  throw new Error('interrupted');
}

/** An execution that ended, or an approval that begins to wait: the moments at which the whole may have settled. */
function endsSomething(event: RecordedEvent): boolean {
  if (event.source !== 'aws.codepipeline') return false;
  const { stage, action, type, state } = event.detail as Record<string, unknown> & {
    type?: { provider?: string };
  };
  if (action) return type?.provider === 'Manual' && state === 'STARTED';
  return !stage && state !== 'STARTED';
}

/** The outcome if nothing moves any more: each pipeline has ended or waits for someone else's approval. */
async function outcomeNow(options: FollowOptions): Promise<Outcome | undefined> {
  const { target, product, services } = options;
  const platform = `${product}-platform`;
  const states = await Promise.all(
    [platform, ...services.map(service => `${product}-${service}`)].map(pipeline =>
      pipelineNow(options, pipeline),
    ),
  );
  const broken = states.filter(state => state.status === 'Failed');
  const platformEnded = states[0]!.status !== 'InProgress';
  if (states.some(state => state.status === 'InProgress' && !state.waits)) return undefined;
  if (platformEnded && broken.length === 0 && states.some(state => state.status === undefined))
    return undefined;
  if (broken.length > 0) {
    const lines = await Promise.all(
      broken.map(
        async each => `✗ ${shortName(each.pipeline)} ${await failureOf(target, each.pipeline, each.id!)}`,
      ),
    );
    return { state: 'FAILED', lines };
  }
  const waiting = states.filter(state => state.waits);
  if (waiting.length === 0) return { state: 'LIVE', lines: [] };
  const lines = waiting.map(each => `⏸ ${shortName(each.pipeline)} waits for approval`);
  return { state: 'WAITING FOR APPROVAL', lines };
}

interface PipelineNow {
  pipeline: string;
  id?: string;
  status?: string;
  waits: boolean;
}

async function pipelineNow(options: FollowOptions, pipeline: string): Promise<PipelineNow> {
  const { target } = options;
  const newest = (await executionsOf(target, pipeline).catch(() => []))[0];
  if (!newest) return { pipeline, waits: false };
  const now = { pipeline, id: newest.pipelineExecutionId!, status: newest.status!, waits: false };
  if (newest.status !== 'InProgress') return now;
  const pending = await pendingApprovals(target, pipeline);
  if (pending.length === 0) return now;
  const mine =
    options.approve === 'all' || (options.approve === 'first' && (await isFirstRelease(target, pipeline)));
  if (!mine) return { ...now, waits: true };
  const summary = 'First release: nothing is live yet that it could replace.';
  for (const approval of pending) {
    await answerApproval(target, approval, { status: 'Approved', summary }).catch(() => undefined);
  }
  return now;
}
