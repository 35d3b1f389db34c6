import type { RecordedEvent } from '@slipway/engine';
import { engineEvents } from './engine-events.ts';
import { type Outcome, type OutcomeOptions, outcomeOf } from './outcome.ts';
import { polledEvents } from './polled-events.ts';
import { advance, type Note, type Progress } from './progress.ts';
import { noteLine } from './render.ts';
import type { Run } from './runs.ts';
import { isLocal, type Target } from './target.ts';

export interface WatchOptions extends OutcomeOptions {
  target: Target;
  product: string;
  /** What is watched, as of now; undefined while that cannot be told. */
  runs(): Promise<Run[] | undefined>;
  /** Where the event stream begins, ISO 8601; without it what is recorded is not told again. */
  since?: string;
  say(line: string): void;
  now(): number;
  signal: AbortSignal;
}

/** How often to look although no event said so. */
const LOOK_EVERY_MS = 2000;

/**
 * Tells the progress of these executions, a line each, until nothing of them moves any more. Undefined when `signal`
 * came first or the engine ended.
 */
export async function watch(options: WatchOptions): Promise<Outcome | undefined> {
  const startedAt = options.now();
  const leave = new AbortController();
  const signal = AbortSignal.any([options.signal, leave.signal]);
  const notes = createNotes();
  let outcome: Outcome | undefined;
  let looking: Promise<void> | undefined;
  let again = false;

  const look = async (): Promise<void> => {
    const runs = await options.runs();
    for (const note of notes.of(runs)) options.say(noteLine(note, options.now() - startedAt));
    outcome = runs && (await outcomeOf(options.target, runs, options));
    if (outcome) leave.abort();
  };
  /** One look at a time; an event that comes meanwhile asks for another. */
  const lookSoon = (): void => {
    again = true;
    looking ??= (async () => {
      for (; again && !signal.aborted; ) {
        again = false;
        await look().catch(() => undefined);
      }
      looking = undefined;
    })();
  };

  const timer = setInterval(lookSoon, isLocal(options.target) ? LOOK_EVERY_MS : 5 * LOOK_EVERY_MS);
  lookSoon();
  try {
    for await (const event of eventsOf(options, signal)) {
      if (notes.take(event)) lookSoon();
    }
  } catch (error) {
    // An engine that ends takes its stream along; the pipelines go on at its next start.
    if (!signal.aborted && !isLocal(options.target)) throw error;
  } finally {
    clearInterval(timer);
    await looking;
  }
  return outcome;
}

function eventsOf(options: WatchOptions, signal: AbortSignal): AsyncGenerator<RecordedEvent, void> {
  const { target, product, now, since } = options;
  return isLocal(target)
    ? engineEvents(target.endpoint, since ? { since } : 'new', signal)
    : polledEvents(target, product, { now, signal });
}

/**
 * Keeps what events mean until it is known whose they are: an event names its execution, not the commit, and an
 * execution knows its commit only once it has fetched its source.
 */
export function createNotes() {
  const progress = new Map<string, Progress>();
  let kept: { execution: string; note: Note }[] = [];
  return {
    /** Takes an event; returns whether it may change what is worth saying. */
    take(event: RecordedEvent): boolean {
      if (event.source !== 'aws.codepipeline') return false;
      const execution = String(event.detail['execution-id']);
      const step = advance(progress.get(execution) ?? new Map(), event);
      progress.set(execution, step.progress);
      if (step.note && isWorthALine(step.note)) kept.push({ execution, note: step.note });
      return step.note !== undefined;
    },
    /** The notes of these executions that were not told yet. All are kept while `runs` is undefined. */
    of(runs: Run[] | undefined): Note[] {
      if (!runs) return [];
      const mine = new Set(runs.map(run => run.id));
      const told = kept.filter(({ execution }) => mine.has(execution)).map(({ note }) => note);
      kept = kept.filter(({ execution }) => !mine.has(execution));
      return told;
    },
  };
}

/** Stages that are skipped are no news, and how a failed execution ended is told by its outcome. */
function isWorthALine({ state, text }: Note): boolean {
  return state !== 'SKIPPED' && text !== 'failed';
}
