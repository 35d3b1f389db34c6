import type { Context } from '../../core/context.ts';
import type { Controller } from '../../core/controllers.ts';
import { AwsError } from '../../core/errors.ts';
import type { SchedulerPorts } from './ports.ts';
import type { Target } from './schedule.ts';
import type { Tables } from './tables.ts';

/** One run of a schedule that is due, until its target has taken it. Times are epoch milliseconds. */
export interface Run {
  /** The execution's id, the same in every attempt. */
  id: string;
  /** ARN of the schedule. */
  schedule: string;
  scheduled: number;
  target: Target;
  /** Attempts that failed. */
  failures: number;
  notBefore: number;
}

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 5 * 60_000;

/**
 * Delivers runs: the execution's id is the token of the invocation, so an attempt that is repeated after a crash starts
 * nothing twice. What cannot be delivered within its policy is dropped, and said so.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-retry.html
 */
export function runController(context: Context, tables: Tables, ports: SchedulerPorts): Controller {
  const failed = (run: Run, why: string): number | undefined => {
    const now = context.clock.now();
    const failures = run.failures + 1;
    const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (failures - 1));
    const isOver = failures > run.target.retries || now + wait > run.scheduled + run.target.maxAgeMs;
    if (!isOver) {
      tables.runs.put(run.id, { ...run, failures, notBefore: now + wait });
      return now + wait;
    }
    tables.runs.delete(run.id);
    const lost =
      run.target.deadLetterArn === undefined ? '' : `, which AWS keeps in ${run.target.deadLetterArn}`;
    context.log(
      `${run.schedule}: the run of ${new Date(run.scheduled).toISOString()} is dropped${lost}: ${why}`,
    );
    return undefined;
  };
  return {
    name: 'scheduled runs',
    active: () => tables.runs.keys(),
    step: async id => {
      const run = tables.runs.get(id);
      if (!run) return undefined;
      if (context.clock.now() < run.notBefore) return run.notBefore;
      try {
        ports.invoke({ token: `scheduler/${run.id}`, functionName: run.target.arn, event: eventOf(run) });
      } catch (error) {
        if (!(error instanceof AwsError)) throw error;
        return failed(run, error.message);
      }
      tables.runs.delete(id);
      return undefined;
    },
  };
}

/**
 * The input with the values of this run in their places.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
 */
function eventOf({ id, schedule, scheduled, failures, target }: Run): object {
  const values: Record<string, string> = {
    'schedule-arn': schedule,
    'scheduled-time': `${new Date(scheduled).toISOString().slice(0, 19)}Z`,
    'execution-id': id,
    'attempt-number': String(failures + 1),
  };
  const text = target.input.replaceAll(
    /<aws\.scheduler\.([a-z-]+)>/g,
    (written, name) => values[name] ?? written,
  );
  return JSON.parse(text) as object;
}
