import { localTimeAt, momentOf } from './zone.ts';

/** The six fields of a cron expression, ready to be asked. */
export interface Cron {
  minutes: number[];
  hours: number[];
  months: number[];
  years: number[];
  /** Whether a day is one of its days, by the day of the month or by the weekday. */
  isDay(day: Day): boolean;
}

interface Day {
  year: number;
  month: number;
  day: number;
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const [FIRST_YEAR, LAST_YEAR] = [1970, 2199];

/**
 * Reads minute, hour, day, month, weekday (1 is Sunday) and year. Throws a sentence for what EventBridge would refuse.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#cron-based
 */
export function parseCron(text: string): Cron {
  const fields = text.trim().split(/\s+/);
  if (fields.length !== 6) throw new Error(`cron(${text}) has ${fields.length} fields instead of six`);
  const [minute = '', hour = '', day = '', month = '', weekday = '', year = ''] = fields.map(each =>
    each.toUpperCase(),
  );
  if ((day === '?') === (weekday === '?'))
    throw new Error(`cron(${text}) needs a question mark as day or as weekday, and in one of them only`);
  return {
    minutes: numbers('minute', minute, 0, 59),
    hours: numbers('hour', hour, 0, 23),
    months: numbers('month', named(month, MONTHS), 1, 12),
    years: numbers('year', year, FIRST_YEAR, LAST_YEAR),
    isDay: day === '?' ? weekdayTest(named(weekday, WEEKDAYS)) : dayTest(day),
  };
}

/** The first moment after `after` (epoch milliseconds) when clocks in the zone show one of its times. */
export function nextOf(cron: Cron, zone: string, after: number): number | undefined {
  const start = localTimeAt(zone, after);
  for (let day: Day = start; day.year <= LAST_YEAR; day = dayAfter(cron, day)) {
    if (!cron.months.includes(day.month) || !cron.years.includes(day.year) || !cron.isDay(day)) continue;
    for (const hour of cron.hours) {
      for (const minute of cron.minutes) {
        const at = momentOf(zone, { ...onlyDay(day), hour, minute, second: 0 });
        if (at !== undefined && at > after) return at;
      }
    }
  }
  return undefined;
}

/** Skips months that are none of its own. */
function dayAfter({ months }: Cron, { year, month, day }: Day): Day {
  const isLast = !months.includes(month) || day >= daysIn(year, month);
  if (!isLast) return { year, month, day: day + 1 };
  return month === 12 ? { year: year + 1, month: 1, day: 1 } : { year, month: month + 1, day: 1 };
}

function onlyDay({ year, month, day }: Day): Day {
  return { year, month, day };
}

/** `*`, `5`, `1-5`, `0/15`, `1,3-5`: the numbers meant, in order. */
function numbers(field: string, text: string, least: number, most: number): number[] {
  const found = text.split(',').flatMap(part => {
    const match = /^(?:\*|(\d{1,4})(?:-(\d{1,4}))?)(?:\/(\d{1,4}))?$/.exec(part);
    if (!match) throw new Error(`"${part}" is no ${field} of a cron expression`);
    const [, from, to, step] = match;
    const begin = Number(from ?? least);
    const end = to !== undefined ? Number(to) : from === undefined || step !== undefined ? most : begin;
    const by = Number(step ?? 1);
    if (begin < least || end > most || begin > end || by < 1)
      throw new Error(`"${part}" as ${field} of a cron expression is not within ${least} to ${most}`);
    return Array.from({ length: Math.floor((end - begin) / by) + 1 }, (_, index) => begin + index * by);
  });
  return [...new Set(found)].sort((a, b) => a - b);
}

/** `L` is the last day of the month, `15W` the working day nearest to the 15th in the same month. */
function dayTest(text: string): Cron['isDay'] {
  if (text === 'L') return ({ year, month, day }) => day === daysIn(year, month);
  const nearest = /^(\d{1,2})W$/.exec(text)?.[1];
  if (nearest !== undefined) {
    const [wanted = 0] = numbers('day', nearest, 1, 31);
    return ({ year, month, day }) => day === workingDayNear(year, month, wanted);
  }
  const days = numbers('day', text, 1, 31);
  return ({ day }) => days.includes(day);
}

/** `6L` is the last Friday of the month, `3#2` the second Tuesday, `L` the last day of the week. */
function weekdayTest(text: string): Cron['isDay'] {
  const [, last] = /^([1-7])L$/.exec(text) ?? [];
  if (last !== undefined)
    return date => weekdayOf(date) === Number(last) && date.day > daysIn(date.year, date.month) - 7;
  const [, weekday, nth] = /^([1-7])#([1-5])$/.exec(text) ?? [];
  if (nth !== undefined)
    return date => weekdayOf(date) === Number(weekday) && Math.ceil(date.day / 7) === Number(nth);
  const weekdays = text === 'L' ? [7] : numbers('weekday', text, 1, 7);
  return date => weekdays.includes(weekdayOf(date));
}

function workingDayNear(year: number, month: number, wanted: number): number | undefined {
  const last = daysIn(year, month);
  if (wanted > last) return undefined;
  const weekday = weekdayOf({ year, month, day: wanted });
  if (weekday === 7) return wanted === 1 ? 3 : wanted - 1;
  if (weekday === 1) return wanted === last ? wanted - 2 : wanted + 1;
  return wanted;
}

function named(text: string, names: string[]): string {
  return text.replaceAll(/[A-Z]{3}/g, name =>
    names.includes(name) ? String(names.indexOf(name) + 1) : name,
  );
}

function daysIn(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** 1 is Sunday. */
function weekdayOf({ year, month, day }: Day): number {
  return new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 1;
}
