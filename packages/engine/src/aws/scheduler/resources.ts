import { createHash } from 'node:crypto';
import { arn } from '../../core/arn.ts';
import type { Context } from '../../core/context.ts';
import type { ResourceHandlers, ResourceRequest, ResourceResult } from '../../core/resource.ts';
import {
  isCarriedOut,
  keyOf,
  nextRun,
  notCarriedOut,
  parseSchedule,
  type Schedule,
  textOf,
} from './schedule.ts';
import type { Tables } from './tables.ts';

/** `AWS::Scheduler::Schedule` and `…::ScheduleGroup`: Ref gives the name, Fn::GetAtt the Arn. */
export function schedulerResources(context: Context, tables: Tables): ResourceHandlers {
  const write = (request: ResourceRequest, name: string, before?: Schedule): ResourceResult => {
    const { properties, token } = request;
    const schedule = parseSchedule(context, { name, properties, before, token });
    const next = isCarriedOut(schedule) ? nextRun(context, schedule, context.clock.now() - 1) : undefined;
    tables.schedules.put(schedule.key, { ...schedule, ...(next && { next }) });
    return { physicalId: name, attributes: { Arn: schedule.arn } };
  };
  const create = (request: ResourceRequest): ResourceResult => {
    const name = nameOf(request);
    const existing = tables.schedules.get(keyOf(groupOf(request), name));
    if (!existing) return write(request, name);
    if (existing.madeBy !== request.token) throw new Error(`Schedule ${name} already exists.`);
    return { physicalId: name, attributes: { Arn: existing.arn } };
  };
  const createGroup = (request: ResourceRequest): ResourceResult => {
    const name = nameOf(request);
    const existing = tables.groups.get(name);
    if (existing && existing.madeBy !== request.token)
      throw new Error(`Schedule group ${name} already exists.`);
    const made = arn('scheduler', context, `schedule-group/${name}`);
    const createdAt = existing?.createdAt ?? context.clock.now();
    tables.groups.put(name, { name, arn: made, createdAt, madeBy: request.token });
    return { physicalId: name, attributes: { Arn: made, State: 'ACTIVE' } };
  };
  return {
    'AWS::Scheduler::Schedule': {
      create: async request => create(request),
      update: async request => {
        const { previous, physicalId, properties } = request;
        const group = textOf(previous, 'GroupName') ?? 'default';
        const isAnother = properties.Name !== previous.Name || groupOf(request) !== group;
        return isAnother
          ? create(request)
          : write(request, physicalId, tables.schedules.get(keyOf(group, physicalId)));
      },
      delete: async request => tables.schedules.delete(keyOf(groupOf(request), request.physicalId)),
      notCarriedOut,
    },
    'AWS::Scheduler::ScheduleGroup': {
      create: async request => createGroup(request),
      update: async request =>
        request.properties.Name === request.previous.Name
          ? {
              physicalId: request.physicalId,
              attributes: { Arn: groupArn(context, request), State: 'ACTIVE' },
            }
          : createGroup(request),
      delete: async ({ physicalId }) =>
        context.store.transaction(() => {
          for (const key of tables.schedules.keys(`${physicalId}/`)) tables.schedules.delete(key);
          tables.groups.delete(physicalId);
        }),
    },
  };
}

function groupArn(context: Context, { physicalId }: { physicalId: string }): string {
  return arn('scheduler', context, `schedule-group/${physicalId}`);
}

function groupOf({ properties }: Pick<ResourceRequest, 'properties'>): string {
  return textOf(properties, 'GroupName') ?? 'default';
}

function nameOf({ properties, stack, logicalId, token }: ResourceRequest): string {
  const given = textOf(properties, 'Name');
  if (given !== undefined) return given;
  const unique = createHash('sha256').update(token).digest('hex').slice(0, 12).toUpperCase();
  return `${stack.name.slice(0, 24)}-${logicalId.slice(0, 24)}-${unique}`;
}
