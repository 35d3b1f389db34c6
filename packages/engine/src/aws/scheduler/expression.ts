import { nextOf, parseCron } from './cron.ts';
import { isZone, type LocalTime, momentOf } from './zone.ts';

/** When a schedule is due. Times are epoch milliseconds. */
export interface When {
  /** `rate(5 minutes)`, `cron(0 3 * * ? *)` or `at(2026-01-01T03:00:00)`. */
  expression: string;
  /** Name of an IANA time zone. */
  timezone: string;
  /** Nothing is due before; a rate counts from here. */
  from: number;
  /** Nothing is due after. */
  until?: number;
}

const UNITS_MS: Record<string, number> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/** Throws a sentence for an expression or a time zone that EventBridge would refuse. */
export function checkWhen({ expression, timezone }: Pick<When, 'expression' | 'timezone'>): void {
  if (!isZone(timezone)) throw new Error(`"${timezone}" is no time zone`);
  parse(expression);
}

/** The first time that is due after `after`; undefined when there is none any more. */
export function nextDue({ expression, timezone, from, until }: When, after: number): number | undefined {
  const next = parse(expression)({ timezone, from, after: Math.max(after, from - 1) });
  return next !== undefined && next <= (until ?? Number.POSITIVE_INFINITY) ? next : undefined;
}

type Next = (given: { timezone: string; from: number; after: number }) => number | undefined;

function parse(expression: string): Next {
  const [, kind, text = ''] = /^(rate|cron|at)\((.*)\)$/s.exec(expression) ?? [];
  if (kind === 'rate') return rate(text);
  if (kind === 'at') return once(text);
  if (kind !== 'cron') throw new Error(`"${expression}" is none of rate(…), cron(…) and at(…)`);
  const cron = parseCron(text);
  return ({ timezone, after }) => nextOf(cron, timezone, after);
}

/** The first time is the beginning itself: a schedule with a rate starts at once. */
function rate(text: string): Next {
  const [, value = '', unit = ''] = /^([1-9]\d{0,8}) (minute|hour|day)s?$/.exec(text) ?? [];
  const everyMs = Number(value) * (UNITS_MS[unit] ?? 0);
  if (!(everyMs > 0)) throw new Error(`rate(${text}) is not a number of minutes, hours or days`);
  return ({ from, after }) => from + Math.max(0, Math.floor((after - from) / everyMs) + 1) * everyMs;
}

function once(text: string): Next {
  const match = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)$/.exec(text);
  if (!match) throw new Error(`at(${text}) is not a time as in at(2026-01-01T03:00:00)`);
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number);
  const local: LocalTime = { year, month, day, hour, minute, second };
  return ({ timezone, after }) => {
    const at = momentOf(timezone, local);
    return at !== undefined && at > after ? at : undefined;
  };
}
