import { createHash } from 'node:crypto';
import type { Api } from '../../core/api.ts';
import type { Context } from '../../core/context.ts';
import type { ResourceHandlers, ResourceRequest, ResourceResult } from '../../core/resource.ts';
import { type AlarmState, Alarms } from './alarm.ts';
import { createApi } from './api.ts';

export type { AlarmState } from './alarm.ts';

export interface CloudWatch {
  api: Api;
  resources: ResourceHandlers;
  /** The state of an alarm by name; undefined when there is none. */
  alarmState(name: string): AlarmState | undefined;
  /** Those of the named alarms that are in ALARM. */
  inAlarm(names: string[]): string[];
}

/** Alarms. */
export function createCloudWatch(context: Context): CloudWatch {
  const alarms = new Alarms(context);
  const alarmState = (name: string): AlarmState | undefined => alarms.get(name)?.state;
  return {
    api: createApi(alarms),
    resources: createResources(alarms),
    alarmState,
    inAlarm: names => names.filter(name => alarmState(name) === 'ALARM'),
  };
}

function createResources(alarms: Alarms): ResourceHandlers {
  const write = (request: ResourceRequest, name: string): ResourceResult => {
    const alarm = alarms.put(name, request.properties, request.token);
    return { physicalId: name, attributes: { Arn: alarm.arn } };
  };
  const create = (request: ResourceRequest): ResourceResult => {
    const name = nameOf(request);
    const existing = alarms.get(name);
    if (existing && existing.madeBy !== request.token) throw new Error(`${name} already exists`);
    return write(request, name);
  };
  return {
    'AWS::CloudWatch::Alarm': {
      notCarriedOut: () => ['alarms: no metric is watched, they change only by SetAlarmState'],
      create: async request => create(request),
      update: async request => {
        const renamed = request.properties.AlarmName !== request.previous.AlarmName;
        return renamed ? create(request) : write(request, request.physicalId);
      },
      delete: async ({ physicalId }) => alarms.delete(physicalId),
    },
  };
}

function nameOf({ properties, stack, logicalId, token }: ResourceRequest): string {
  if (typeof properties.AlarmName === 'string') return properties.AlarmName;
  const unique = createHash('sha256').update(token).digest('hex').slice(0, 12).toUpperCase();
  return `${stack.name}-${logicalId}-${unique}`;
}
