import type { RecordedEvent } from '@slipway/engine';
import { type Cli, makeCli } from './cli.ts';
import { type Clone, makeClone } from './clone.ts';

/** A stage of a pipeline and how long it took. */
export interface StageTime {
  pipeline: string;
  stage: string;
  ms: number;
}

export interface FirstRelease {
  /** From the command's start to its end, everything stopped again. */
  totalMs: number;
  /** From the command's start to the last pipeline's success. */
  liveMs: number;
  stages: StageTime[];
}

/** Runs `slipway start --once` in `clone` and times it by the engine's own events. Throws with its output on failure. */
export async function timeFirstRelease(cli: Cli): Promise<FirstRelease> {
  const startedAt = Date.now();
  const running = cli.spawn('start', '--once', '--json');
  const { code, output } = await running.ended;
  const totalMs = Date.now() - startedAt;
  if (code !== 0) throw new Error(`the first release failed with ${code}:\n${output.slice(-4000)}`);
  const events = output.split('\n').flatMap(parseEvent);
  const last = events.filter(each => each.source === 'aws.codepipeline').at(-1);
  return { totalMs, liveMs: Date.parse(last?.time ?? '') - startedAt, stages: stageTimes(events) };
}

/** A clone and its CLI, gone with `using`. */
export async function makeCheckout(): Promise<{ clone: Clone; cli: Cli } & Disposable> {
  const clone = makeClone();
  const cli = await makeCli(clone);
  return { clone, cli, [Symbol.dispose]: () => clone[Symbol.dispose]() };
}

function parseEvent(line: string): RecordedEvent[] {
  return line.startsWith('{') ? [JSON.parse(line) as RecordedEvent] : [];
}

function stageTimes(events: RecordedEvent[]): StageTime[] {
  const begun = new Map<string, number>();
  return events.flatMap(event => {
    if (event['detail-type'] !== 'CodePipeline Stage Execution State Change') return [];
    const { pipeline, stage, state } = event.detail as { pipeline: string; stage: string; state: string };
    const key = `${pipeline} ${stage}`;
    const at = Date.parse(event.time);
    if (state === 'STARTED') begun.set(key, at);
    return state === 'SUCCEEDED' ? [{ pipeline, stage, ms: at - (begun.get(key) ?? at) }] : [];
  });
}
