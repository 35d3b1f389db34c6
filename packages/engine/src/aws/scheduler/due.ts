import type { Context } from '../../core/context.ts';
import type { Controller } from '../../core/controllers.ts';
import { nextRun, type Schedule } from './schedule.ts';
import type { Tables } from './tables.ts';

/** AWS begins a run within the minute of its time; what is later was missed while no engine ran. */
const LATEST_MS = 60_000;

/**
 * Waits for the times of the schedules. What is due becomes a run in the transaction that also looks for the next
 * time, so a kill at any moment neither loses a run nor begins one twice.
 */
export function dueController(context: Context, tables: Tables): Controller {
  return {
    name: 'schedules',
    active: () => tables.schedules.values().flatMap(each => (each.next ? [each.key] : [])),
    step: async key => {
      const schedule = tables.schedules.get(key);
      if (!schedule?.next) return undefined;
      if (context.clock.now() < schedule.next.due) return schedule.next.due;
      context.store.transaction(() => begin(context, tables, schedule, schedule.next!));
      return undefined;
    },
  };
}

function begin(
  context: Context,
  tables: Tables,
  { next: _, ...schedule }: Schedule,
  { scheduled, due }: NonNullable<Schedule['next']>,
): void {
  const now = context.clock.now();
  const isMissed = now > due + LATEST_MS;
  const next = nextRun(context, schedule, isMissed ? now : scheduled);
  tables.schedules.put(schedule.key, { ...schedule, ...(next && { next }) });
  if (isMissed) {
    context.log(
      `${schedule.arn}: skipped what was due since ${new Date(scheduled).toISOString()}: no engine ran`,
    );
    return;
  }
  const id = context.ids.uuid();
  const { arn, target } = schedule;
  tables.runs.put(id, { id, schedule: arn, scheduled, target, failures: 0, notBefore: now });
}
