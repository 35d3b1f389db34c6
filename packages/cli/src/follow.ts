import { setTimeout as delay } from 'node:timers/promises';
import type { RecordedEvent } from '@slipway/engine';
import { answerApproval, isFirstRelease } from './approvals.ts';
import { engineEvents } from './engine-events.ts';
import type { EngineInfo } from './engine-process.ts';
import { UserError } from './errors.ts';
import { type Outcome, outcomeOf } from './outcome.ts';
import { advance, type Progress } from './progress.ts';
import { approverOf } from './render.ts';
import { newestRuns, type Run } from './runs.ts';
import type { Screen } from './screen.ts';
import type { Target } from './target.ts';

export interface FollowOptions {
  target: Target;
  engine: EngineInfo;
  product: string;
  services: string[];
  /** The team that answers for a service. */
  teamOf(service: string): string;
  approve: 'first' | 'all' | 'none';
  screen: Screen;
  signal: AbortSignal;
}

const RECONNECT_MS = 200;

/**
 * Shows what happens until every pipeline has ended or waits for a person, approving as asked; also over an engine that
 * is killed and started again. Throws a UserError when `signal` comes.
 */
export async function followRelease(options: FollowOptions): Promise<Outcome> {
  let progress: Progress = new Map();
  let after = 0;
  while (!options.signal.aborted) {
    const leave = new AbortController();
    const signal = AbortSignal.any([options.signal, leave.signal]);
    try {
      const settled = await outcomeNow(options);
      if (settled) return settled;
      for await (const event of engineEvents(options.engine.endpoint, { after }, signal)) {
        after = event.seq;
        const step = advance(progress, event);
        progress = step.progress;
        options.screen.event(event, step.note, progress);
        if (endsSomething(event) && (await outcomeNow(options))) leave.abort();
      }
    } catch (error) {
      // An engine that was killed is started again; whatever else goes wrong is for the user to see.
      if (await answers(options.engine.endpoint)) {
        if (!leave.signal.aborted && !options.signal.aborted && !isBrokenStream(error)) throw error;
      } else await delay(RECONNECT_MS);
    }
  }
  throw new UserError('The engine has ended; what was begun goes on at the next "npm start".');
}

/** Whether an engine answers there. */
async function answers(endpoint: string): Promise<boolean> {
  return fetch(`${endpoint}/_slipway/engine`).then(
    answer => answer.ok,
    () => false,
  );
}

/** A stream or call that was cut off because the engine behind it was killed, and has been started again since. */
function isBrokenStream(error: unknown): boolean {
  const { name, code, cause } = error as { name?: string; code?: string; cause?: { code?: string } };
  const codes = ['ECONNREFUSED', 'ECONNRESET', 'UND_ERR_SOCKET', 'EPIPE'];
  return name === 'TimeoutError' || codes.includes(code ?? '') || codes.includes(cause?.code ?? '');
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

/** The outcome if nothing moves any more: the newest run of each pipeline has ended or waits for someone else. */
async function outcomeNow(options: FollowOptions): Promise<Outcome | undefined> {
  const { target, product, services } = options;
  const platform = `${product}-platform`;
  const pipelines = [platform, ...services.map(service => `${product}-${service}`)];
  const runs = await newestRuns(target, pipelines);
  const mine = await Promise.all(runs.map(run => approveIfMine(options, run)));
  if (mine.includes(true)) return undefined;
  const approver = (service: string): string => approverOf(service, options.teamOf(service));
  const outcome = await outcomeOf(target, runs, { platform, approver });
  const everyoneRan = runs.length === pipelines.length;
  return outcome && (everyoneRan || outcome.state === 'FAILED' || platformWaits(runs, platform))
    ? outcome
    : undefined;
}

function platformWaits(runs: Run[], platform: string): boolean {
  return runs.some(run => run.pipeline === platform && run.gate !== undefined);
}

/** Approves what the options let this command approve; returns whether it did. */
async function approveIfMine({ target, approve }: FollowOptions, { pipeline, gate }: Run): Promise<boolean> {
  if (!gate || approve === 'none') return false;
  if (approve === 'first' && !(await isFirstRelease(target, pipeline))) return false;
  const summary = 'First release: nothing is live yet that it could replace.';
  await answerApproval(target, gate, { status: 'Approved', summary }).catch(() => undefined);
  return true;
}
