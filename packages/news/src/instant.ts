import * as z from 'zod';

/** Years that articles may be of. Every instant in them has 24 characters, so that texts sort as the times do. */
const earliest = '2000-01-01T00:00:00.000Z';
const latest = '2100-01-01T00:00:00.000Z';

/** An instant with its offset, brought to UTC and milliseconds. */
export const instantSchema = z.iso
  .datetime({ offset: true, error: 'Use a time with its offset, as in 2030-01-31T08:00:00+09:00.' })
  .overwrite(toUtc)
  .refine(isInRange, 'Use a time from the year 2000 to the year 2099.');

/** An instant, or a day, which stands for its midnight in UTC. */
export const instantOrDaySchema = z
  .union([z.iso.date(), z.iso.datetime({ offset: true })], {
    error: 'Use a day as in 2030-01-31, or a time with its offset as in 2030-01-31T08:00:00+09:00.',
  })
  .overwrite(toUtc)
  .refine(isInRange, 'Use a time from the year 2000 to the year 2099.');

/** What is not a time stays as it is: another check has refused it already. */
function toUtc(text: string): string {
  const time = Date.parse(text);
  return Number.isNaN(time) ? text : new Date(time).toISOString();
}

function isInRange(text: string): boolean {
  return text >= earliest && text < latest;
}
