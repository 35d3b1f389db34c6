import { z } from 'zod';

const FIELD = '[0-9A-Z*?,/#-]+';

/** Six fields as AWS has them, the year last: one of day and weekday is a question mark. */
export const cronExpression = z
  .string('must be a text: put it in quotes')
  .max(100)
  .regex(
    new RegExp(`^${FIELD}( ${FIELD}){5}$`),
    'must have six fields in quotes, as in "0 3 * * ? *": minute, hour, day, month, weekday, year',
  )
  .refine(value => {
    const [, , day, , weekday] = value.split(' ');
    return (day === '?') !== (weekday === '?');
  }, 'must have a question mark as day or as weekday, and in one of them only');

/** `5 minutes`, `1 hour`. */
export const rateExpression = z
  .string('must be a text, as in 5 minutes')
  .regex(
    /^([1-9]\d{0,3}) (minutes?|hours?|days?)$/,
    'must be a number and minutes, hours or days, as in 5 minutes',
  )
  .refine(
    value => value.startsWith('1 ') !== value.endsWith('s'),
    'must be in the singular for 1 and in the plural else',
  );

/** An IANA name; daylight saving is minded. */
export const timezone = z
  .string()
  .max(50)
  .refine(isTimezone, 'must be the name of a time zone, as in Asia/Tokyo')
  .default('UTC');

function isTimezone(name: string): boolean {
  if (!/^[A-Za-z0-9_+/-]+$/.test(name)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
