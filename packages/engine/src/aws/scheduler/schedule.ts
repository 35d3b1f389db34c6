import { arn } from '../../core/arn.ts';
import type { Context } from '../../core/context.ts';
import type { Properties } from '../../core/resource.ts';
import { checkWhen, nextDue, type When } from './expression.ts';

/** A schedule of a group. Times are epoch milliseconds. */
export interface Schedule {
  /** `group/name` */
  key: string;
  name: string;
  group: string;
  arn: string;
  isEnabled: boolean;
  when: When;
  /** Minutes within which a run may begin late; 0 is at its time. */
  windowMinutes: number;
  target: Target;
  description?: string;
  /** What the template says, as the API gives it back. */
  given: Properties;
  /** The time of its next run, and when that begins within the window; nothing when there is none. */
  next?: { scheduled: number; due: number };
  createdAt: number;
  changedAt: number;
  /** Token of the operation that made it. */
  madeBy: string;
}

export interface Target {
  arn: string;
  roleArn: string;
  /** The event, with the places of a run's own values. */
  input: string;
  retries: number;
  maxAgeMs: number;
  deadLetterArn?: string;
}

const NAME = /^[0-9A-Za-z_.-]{1,64}$/;
const FUNCTION = /^arn:[^:]+:lambda:[a-z0-9-]+:\d{12}:function:[A-Za-z0-9_-]{1,64}$/;
const DEFAULT_RETRIES = 185;
const DEFAULT_MAX_AGE_S = 86_400;

/**
 * The schedule of a template's properties. Throws a sentence for what EventBridge Scheduler would refuse.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-scheduler-schedule.html
 */
export function parseSchedule(
  context: Context,
  { name, properties, before, token }: ParseRequest,
): Omit<Schedule, 'next'> {
  const group = textOf(properties, 'GroupName') ?? 'default';
  for (const each of [name, group])
    if (!NAME.test(each)) throw new Error(`"${each.slice(0, 100)}" is no name of a schedule or of its group`);
  const expression = textOf(properties, 'ScheduleExpression') ?? '';
  const timezone = textOf(properties, 'ScheduleExpressionTimezone') ?? 'UTC';
  checkWhen({ expression, timezone });
  const now = context.clock.now();
  const until = dateOf(properties, 'EndDate');
  const createdAt = before?.createdAt ?? now;
  const isSame = before?.when.expression === expression;
  const from = dateOf(properties, 'StartDate') ?? (isSame ? before.when.from : now);
  const description = textOf(properties, 'Description');
  return {
    key: keyOf(group, name),
    ...{ name, group, createdAt, changedAt: now, given: properties },
    arn: arn('scheduler', context, `schedule/${group}/${name}`),
    isEnabled: (textOf(properties, 'State') ?? 'ENABLED') === 'ENABLED',
    when: { expression, timezone, from, ...(until !== undefined && { until }) },
    windowMinutes: windowOf(properties),
    target: targetOf(properties),
    ...(description !== undefined && { description }),
    madeBy: before?.madeBy ?? token,
  };
}

interface ParseRequest {
  name: string;
  properties: Properties;
  /** The schedule as it was before an update. */
  before?: Schedule | undefined;
  token: string;
}

/** The run after `after`, at a moment of its window that `ids` picks; undefined when there is none. */
export function nextRun(
  { ids }: Pick<Context, 'ids'>,
  { isEnabled, when, windowMinutes }: Omit<Schedule, 'next'>,
  after: number,
): Schedule['next'] {
  const scheduled = isEnabled ? nextDue(when, after) : undefined;
  if (scheduled === undefined) return undefined;
  const share = Number.parseInt(ids.hex(6), 16) / 0x1000000;
  return { scheduled, due: scheduled + Math.floor(windowMinutes * 60_000 * share) };
}

/** What a schedule's target would do in AWS and does not here. */
export function notCarriedOut(properties: Properties): string[] {
  const target = textOf(membersOf(properties.Target), 'Arn') ?? '';
  return FUNCTION.test(target) ? [] : ['schedules whose target is no function are not run'];
}

/** Whether it can be run here: its target is a function. */
export function isCarriedOut({ target }: Pick<Schedule, 'target'>): boolean {
  return FUNCTION.test(target.arn);
}

export function keyOf(group: string, name: string): string {
  return `${group}/${name}`;
}

function targetOf(properties: Properties): Target {
  const target = membersOf(properties.Target);
  const retry = membersOf(target.RetryPolicy);
  const deadLetterArn = textOf(membersOf(target.DeadLetterConfig), 'Arn');
  const [targetArn, roleArn] = [textOf(target, 'Arn'), textOf(target, 'RoleArn')];
  if (targetArn === undefined || roleArn === undefined)
    throw new Error('The target of a schedule has an Arn and a RoleArn');
  return {
    ...{ arn: targetArn, roleArn, input: inputOf(target) },
    retries: Number(retry.MaximumRetryAttempts ?? DEFAULT_RETRIES),
    maxAgeMs: Number(retry.MaximumEventAgeInSeconds ?? DEFAULT_MAX_AGE_S) * 1000,
    ...(deadLetterArn !== undefined && { deadLetterArn }),
  };
}

function inputOf(target: Properties): string {
  const input = textOf(target, 'Input') ?? '{}';
  try {
    JSON.parse(input);
  } catch (error) {
    throw new Error(`The input of a schedule is no JSON: ${(error as Error).message}`);
  }
  return input;
}

function windowOf(properties: Properties): number {
  const { Mode: mode, MaximumWindowInMinutes: minutes } = membersOf(properties.FlexibleTimeWindow);
  if (mode === 'OFF') return 0;
  const most = Number(minutes);
  if (mode === 'FLEXIBLE' && most >= 1 && most <= 1440) return most;
  throw new Error('FlexibleTimeWindow is OFF, or FLEXIBLE with 1 to 1440 minutes');
}

function dateOf(properties: Properties, name: string): number | undefined {
  const text = textOf(properties, name);
  if (text === undefined) return undefined;
  const at = Date.parse(text);
  if (Number.isNaN(at)) throw new Error(`${name} of a schedule is no date: ${text.slice(0, 100)}`);
  return at;
}

export function membersOf(value: unknown): Properties {
  return typeof value === 'object' && value !== null ? (value as Properties) : {};
}

export function textOf(properties: Properties, name: string): string | undefined {
  const value = properties[name];
  return typeof value === 'string' ? value : undefined;
}
