import { lengthMs, startOf } from './candle.ts';

/** A day in UTC as `2030-01-31`. */
export type Day = string;

/** Returns the day that this moment, in milliseconds since 1970, belongs to. */
export function dayOf(time: number): Day {
  return new Date(startOf('1d', time)).toISOString().slice(0, 10);
}

/** Returns when the day begins. */
export function dayStart(day: Day): number {
  return Date.parse(`${day}T00:00:00.000Z`);
}

/** Returns when the day ends, which is when the next one begins. */
export function dayEnd(day: Day): number {
  return dayStart(day) + lengthMs['1d'];
}

/** Returns the days that `[from, to)` touches. */
export function daysOf(from: number, to: number): Day[] {
  const days: Day[] = [];
  for (let start = startOf('1d', from); start < to; start += lengthMs['1d']) days.push(dayOf(start));
  return days;
}
