import { expect, test } from '@jest/globals';
import { nextDue } from './expression.ts';

/** The next times after a moment, as texts of UTC. */
function next(expression: string, after: string, timezone = 'UTC', count = 1): (string | undefined)[] {
  const times: (string | undefined)[] = [];
  let at = Date.parse(after);
  for (let index = 0; index < count; index++) {
    const due = nextDue({ expression, timezone, from: 0 }, at);
    times.push(due === undefined ? undefined : new Date(due).toISOString().slice(0, 16));
    at = due ?? at;
  }
  return times;
}

test.each([
  ['cron(0 3 * * ? *)', '2026-01-01T03:00:00Z', ['2026-01-02T03:00']],
  ['cron(0/15 8-9 ? * MON-FRI *)', '2026-01-02T09:45:00Z', ['2026-01-05T08:00', '2026-01-05T08:15']],
  ['cron(5,35 0 1 JAN,jul ? *)', '2026-01-01T00:35:00Z', ['2026-07-01T00:05', '2026-07-01T00:35']],
  ['cron(0 0 L * ? *)', '2026-02-01T00:00:00Z', ['2026-02-28T00:00', '2026-03-31T00:00']],
  ['cron(0 8 1W * ? *)', '2026-07-31T00:00:00Z', ['2026-08-03T08:00', '2026-09-01T08:00']],
  ['cron(0 8 31W * ? *)', '2026-05-01T00:00:00Z', ['2026-05-29T08:00', '2026-07-31T08:00']],
  ['cron(15 10 ? * 6L 2026-2027)', '2026-12-25T10:15:00Z', ['2027-01-29T10:15']],
  ['cron(0 8 ? * TUE#2 *)', '2026-02-10T08:00:00Z', ['2026-03-10T08:00']],
  ['cron(0 8 ? * L *)', '2026-01-01T00:00:00Z', ['2026-01-03T08:00']],
  ['cron(0 0 29 2 ? *)', '2026-01-01T00:00:00Z', ['2028-02-29T00:00']],
  ['cron(0 0 30 2 ? *)', '2026-01-01T00:00:00Z', [undefined]],
  ['cron(0 0 1 1 ? 2025)', '2026-01-01T00:00:00Z', [undefined]],
])('%s', (expression, after, expected) => {
  expect(next(expression, after, 'UTC', expected.length)).toEqual(expected);
});

test('a time that clocks skip in spring is skipped', () => {
  expect(next('cron(30 2 * * ? *)', '2026-03-07T08:00:00Z', 'America/New_York')).toEqual([
    '2026-03-09T06:30',
  ]);
});

test('a time that clocks show twice in autumn is due once', () => {
  const times = next('cron(30 1 * * ? *)', '2026-11-01T04:00:00Z', 'America/New_York', 2);
  expect(times).toEqual(['2026-11-01T05:30', '2026-11-02T06:30']);
});

test('a day of a rate is 24 hours, whatever the clocks do', () => {
  const from = Date.parse('2026-03-07T12:00:00Z');
  const when = { expression: 'rate(1 day)', timezone: 'America/New_York', from };
  expect(nextDue(when, 0)).toBe(from);
  expect(nextDue(when, from)).toBe(from + 86_400_000);
  expect(nextDue(when, from + 1.5 * 86_400_000)).toBe(from + 2 * 86_400_000);
});

test('nothing is due after the end', () => {
  const when = { expression: 'rate(1 hour)', timezone: 'UTC', from: 0, until: 3_600_000 };
  expect([nextDue(when, 0), nextDue(when, 3_600_000)]).toEqual([3_600_000, undefined]);
});
