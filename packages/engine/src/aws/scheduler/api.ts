import type { RestApi, RestRequest } from '../../core/api.ts';
import { AwsError } from '../../core/errors.ts';
import { keyOf, type Schedule } from './schedule.ts';
import type { Group, Tables } from './tables.ts';

const MOST = 100;

/** What can be looked at; schedules are made by templates. https://docs.aws.amazon.com/scheduler/latest/APIReference/API_Operations.html */
export function schedulerApi(tables: Tables): RestApi {
  const schedulesOf = (query: URLSearchParams): Schedule[] =>
    tables.schedules
      .values()
      .filter(({ group }) => group === (query.get('ScheduleGroup') ?? group))
      .filter(({ isEnabled }) => (query.get('State') ?? stateOf(isEnabled)) === stateOf(isEnabled));
  return {
    service: 'scheduler',
    protocol: 'rest-json',
    routes: [
      {
        ...{ operation: 'ListSchedules', method: 'GET', path: '/schedules' },
        answer: ({ query }) => {
          const { items, NextToken } = pageOf(schedulesOf(query), query);
          return { body: { Schedules: items.map(summaryView), NextToken } };
        },
      },
      {
        ...{ operation: 'GetSchedule', method: 'GET', path: '/schedules/{Name}' },
        answer: request => ({ body: scheduleView(scheduleIn(tables, request)) }),
      },
      {
        ...{ operation: 'ListScheduleGroups', method: 'GET', path: '/schedule-groups' },
        answer: ({ query }) => {
          const { items, NextToken } = pageOf(tables.groups.values(), query);
          return { body: { ScheduleGroups: items.map(groupView), NextToken } };
        },
      },
      {
        ...{ operation: 'GetScheduleGroup', method: 'GET', path: '/schedule-groups/{Name}' },
        answer: ({ path }) => {
          const group = tables.groups.get(path.Name ?? '');
          if (!group) throw notFound(`Schedule group ${path.Name} does not exist.`);
          return { body: groupView(group) };
        },
      },
    ],
  };
}

function scheduleIn(tables: Tables, { path, query }: RestRequest): Schedule {
  const found = tables.schedules.get(keyOf(query.get('groupName') ?? 'default', path.Name ?? ''));
  if (found) return found;
  throw notFound(`Schedule ${path.Name} does not exist.`);
}

function notFound(message: string): AwsError {
  return new AwsError('ResourceNotFoundException', message, 404);
}

/** What comes after the name in `NextToken`, in the order of the names. */
function pageOf<T extends { name: string; key?: string }>(
  all: T[],
  query: URLSearchParams,
): { items: T[]; NextToken?: string } {
  const most = Math.min(MOST, Math.max(1, Number(query.get('MaxResults')) || MOST));
  const prefix = query.get('NamePrefix') ?? '';
  const after = query.get('NextToken') ?? '';
  const orderOf = ({ key, name }: T): string => key ?? name;
  const wanted = all.filter(each => each.name.startsWith(prefix) && orderOf(each) > after);
  const items = wanted.slice(0, most);
  const last = items.at(-1);
  return { items, ...(wanted.length > most && last && { NextToken: orderOf(last) }) };
}

function scheduleView({ given, when, isEnabled, createdAt, changedAt, ...schedule }: Schedule): object {
  const { FlexibleTimeWindow, Target } = given;
  return {
    ...{ Arn: schedule.arn, Name: schedule.name, GroupName: schedule.group, State: stateOf(isEnabled) },
    ...{ ScheduleExpression: when.expression, ScheduleExpressionTimezone: when.timezone },
    ...{ FlexibleTimeWindow, Target, Description: schedule.description, ActionAfterCompletion: 'NONE' },
    ...{ CreationDate: seconds(createdAt), LastModificationDate: seconds(changedAt) },
  };
}

function summaryView({ isEnabled, target, createdAt, changedAt, ...schedule }: Schedule): object {
  return {
    ...{ Arn: schedule.arn, Name: schedule.name, GroupName: schedule.group, State: stateOf(isEnabled) },
    Target: { Arn: target.arn },
    ...{ CreationDate: seconds(createdAt), LastModificationDate: seconds(changedAt) },
  };
}

function groupView({ name, arn, createdAt }: Group): object {
  return {
    ...{ Name: name, Arn: arn, State: 'ACTIVE' },
    ...{ CreationDate: seconds(createdAt), LastModificationDate: seconds(createdAt) },
  };
}

function stateOf(isEnabled: boolean): string {
  return isEnabled ? 'ENABLED' : 'DISABLED';
}

function seconds(ms: number): number {
  return ms / 1000;
}
