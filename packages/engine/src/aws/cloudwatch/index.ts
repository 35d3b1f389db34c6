import { createHash } from 'node:crypto';
import type { Api } from '../../core/api.ts';
import type { Context } from '../../core/context.ts';
import type { Controller } from '../../core/controllers.ts';
import type { ResourceHandlers, ResourceRequest, ResourceResult } from '../../core/resource.ts';
import { type AlarmState, Alarms } from './alarm.ts';
import { createApi } from './api.ts';
import { EMBEDDED_WORD, embeddedMetrics } from './embedded.ts';
import { alarmController } from './evaluation.ts';
import { metricOperations } from './metric-operations.ts';
import { Metrics } from './metrics.ts';
import type { CloudWatchPorts } from './ports.ts';
import { isWatched } from './watch.ts';

export type { AlarmState } from './alarm.ts';
export type { CloudWatchPorts } from './ports.ts';

export interface CloudWatch {
  api: Api;
  resources: ResourceHandlers;
  controllers: Controller[];
  /** The state of an alarm by name; undefined when there is none. */
  alarmState(name: string): AlarmState | undefined;
  /** Those of the named alarms that are in ALARM. */
  inAlarm(names: string[]): string[];
}

/** Alarms, and the metrics that services write into their logs. */
export function createCloudWatch(context: Context, ports: CloudWatchPorts): CloudWatch {
  const alarms = new Alarms(context);
  const metrics = new Metrics();
  const read = reader(context, ports, metrics);
  const alarmState = (name: string): AlarmState | undefined => alarms.get(name)?.state;
  return {
    api: createApi(alarms, metricOperations(metrics, read)),
    controllers: [alarmController(context, { alarms, metrics, read })],
    resources: createResources(alarms),
    alarmState,
    inAlarm: names => names.filter(name => alarmState(name) === 'ALARM'),
  };
}

/** Takes in what services have written since the last time. One call at a time reads, so that no line counts twice. */
function reader({ clock }: Context, { newLines }: CloudWatchPorts, metrics: Metrics): () => Promise<void> {
  let last = Promise.resolve();
  const readOnce = async (): Promise<void> => {
    await newLines(EMBEDDED_WORD, line => {
      for (const datum of embeddedMetrics(line)) metrics.add(datum, clock.now());
    });
    metrics.forget(clock.now());
  };
  return () => {
    last = last.then(readOnce, readOnce);
    return last;
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
      notCarriedOut: properties =>
        isWatched(properties)
          ? []
          : ["alarms: AWS's own metrics and metric math are not watched, they change only by SetAlarmState"],
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
