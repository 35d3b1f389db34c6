import type { Context } from '../../core/context.ts';
import type { Controller } from '../../core/controllers.ts';
import type { AlarmState, Alarms } from './alarm.ts';
import type { Metrics, Point } from './metrics.ts';
import { type Watch, watchOf } from './watch.ts';

/** Lines arrive a little late: a period is looked at this long after its end. */
const SETTLE_MS = 5000;

/** Looks at each watched alarm when one of its periods is over. */
export function alarmController(
  context: Context,
  { alarms, metrics, read }: { alarms: Alarms; metrics: Metrics; read: () => Promise<void> },
): Controller {
  /** When each is to be looked at; an engine that starts looks at all of them. */
  const due = new Map<string, number>();
  return {
    name: 'alarms',
    active: () => alarms.watched(),
    step: async name => {
      const now = context.clock.now();
      const at = due.get(name);
      if (at !== undefined && now < at) return at;
      const watch = watchOf(alarms.get(name)?.properties ?? {});
      if (!watch) return undefined;
      await read();
      const end = Math.floor((now - SETTLE_MS) / watch.periodMs) * watch.periodMs;
      const next = end + watch.periodMs + SETTLE_MS;
      due.set(name, next);
      const current = alarms.get(name);
      if (!current) return undefined;
      const range = { start: end - watch.periods * watch.periodMs, end, periodMs: watch.periodMs };
      const found = judge(watch, metrics.points(watch.metric, range, watch.statistic), current.state);
      if (found.state !== current.state) alarms.setState(name, found.state, found.reason);
      return next;
    },
  };
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html */
function judge(
  { periods, needed, threshold, comparison, missing }: Watch,
  points: Point[],
  before: AlarmState,
): { state: AlarmState; reason: string } {
  const absent = periods - points.length;
  const breaching = points.filter(({ value }) => comparison.isTrue(value, threshold));
  const count = breaching.length + (missing === 'breaching' ? absent : 0);
  if (count >= needed) {
    const shown = breaching.map(({ at, value }) => `${value} (${new Date(at).toISOString()})`).join(', ');
    const what = shown === '' ? 'no datapoints were received and missing ones breach' : `[${shown}] was`;
    const how = shown === '' ? '' : ` ${comparison.words} the threshold (${threshold})`;
    return { state: 'ALARM', reason: `Threshold Crossed: ${what}${how}` };
  }
  if (points.length === 0 && missing === 'missing')
    return { state: 'INSUFFICIENT_DATA', reason: 'Insufficient Data: no datapoints were received' };
  if (points.length === 0 && missing === 'ignore') return { state: before, reason: '' };
  const reason = `${points.length} of the last ${periods} periods had values, ${breaching.length} of them ${comparison.words} the threshold (${threshold})`;
  return { state: 'OK', reason };
}
