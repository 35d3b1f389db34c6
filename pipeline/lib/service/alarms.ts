import { scalingIn } from '@slipway/contract';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { COLOURS, type Metric, type TargetGroups, tableMetric, targetMetrics } from './metrics.ts';
import type { ServicePlace } from './service-place.ts';

export interface ServiceAlarms {
  readonly all: readonly cloudwatch.CfnAlarm[];
  /** Those that tell of a bad release, which stop a deployment and take it back; none where the contract says so. */
  readonly release: readonly cloudwatch.CfnAlarm[];
}

/** What an alarm looks at: metrics by name, and one number made of them. */
export interface Watch {
  readonly kind: string;
  readonly description: string;
  readonly expression: string;
  readonly metrics: Readonly<Record<string, { readonly metric: Metric; readonly stat: string }>>;
  readonly threshold: number;
  readonly below?: true;
  readonly seconds?: number;
  /** How many of the last periods must be over the threshold. */
  readonly periods: readonly [many: number, of: number];
}

/**
 * Alarms of one service in one environment. Metrics of both target groups count: after a release the other one has the
 * traffic. A metric that is not reported is nothing that happened, hence FILL.
 */
export function addAlarms(scope: Construct, place: ServicePlace, groups: TargetGroups): ServiceAlarms {
  const add = (watch: Watch) => addAlarm(scope, place, watch);
  const release = releaseWatches(place, groups).map(add);
  const others = [...taskWatches(place, groups), ...tableWatches(place)].map(add);
  return { all: [...release, ...others], release: place.service.alarms.rollback ? release : [] };
}

function releaseWatches(place: ServicePlace, groups: TargetGroups): Watch[] {
  const { errors, latency } = place.service.alarms;
  const both = ofBoth(place, groups);
  const requests = `(${sum('requests')})`;
  const rate: Watch = {
    kind: 'errors',
    description: `More than ${errors} % of the requests are answered with 5xx`,
    expression: `IF(${requests} > 0, 100 * (${sum('errors')}) / ${requests}, 0)`,
    metrics: {
      ...both('errors', 'HTTPCode_Target_5XX_Count', 'Sum'),
      ...both('requests', 'RequestCount', 'Sum'),
    },
    ...{ threshold: Number(errors), periods: [2, 3] },
  };
  const slowest: Watch = {
    kind: 'latency',
    description: `One of a hundred requests takes longer than ${latency} ms`,
    expression: highest('seconds'),
    metrics: both('seconds', 'TargetResponseTime', 'p99'),
    ...{ threshold: Number(latency) / 1000, periods: [2, 3] },
  };
  return [...(errors === false ? [] : [rate]), ...(latency === false ? [] : [slowest])];
}

function taskWatches(place: ServicePlace, groups: TargetGroups): Watch[] {
  const { service, environment } = place;
  const { unhealthy, missing } = service.alarms;
  const both = ofBoth(place, groups);
  const wanted = scalingIn(service, environment.environment)?.min ?? service.tasks[environment.environment]!;
  const failing: Watch = {
    kind: 'unhealthy',
    description: `${unhealthy} or more tasks fail their health check`,
    expression: sum('hosts'),
    metrics: both('hosts', 'UnHealthyHostCount', 'Maximum'),
    ...{ threshold: Number(unhealthy), periods: [3, 5] },
  };
  // While a release replaces one version by the next, the one that has the traffic is complete.
  const fewer: Watch = {
    kind: 'missing',
    description: `Fewer than ${wanted} tasks are healthy: they end, restart or do not start`,
    expression: highest('hosts'),
    metrics: both('hosts', 'HealthyHostCount', 'Minimum'),
    ...{ threshold: wanted, below: true, periods: [Number(missing), Number(missing)] },
  };
  return [...(unhealthy === false ? [] : [failing]), ...(missing === false ? [] : [fewer])];
}

function tableWatches({ names, service, environment }: ServicePlace): Watch[] {
  const { throttles } = service.alarms;
  if (throttles === false) return [];
  const { table } = names.deployed(service.name, environment.name);
  return Object.keys(service.tables).map(name => ({
    kind: `throttles-${name}`,
    description: `The table ${name} refuses requests for lack of capacity`,
    expression: 'FILL(reads, 0) + FILL(writes, 0)',
    metrics: {
      reads: { metric: tableMetric(table(name), 'ReadThrottleEvents'), stat: 'Sum' },
      writes: { metric: tableMetric(table(name), 'WriteThrottleEvents'), stat: 'Sum' },
    },
    ...{ threshold: throttles, seconds: 300, periods: [1, 1] },
  }));
}

/** Anything else in the stack that shall wake somebody says so in the same words. */
export function addAlarm(scope: Construct, place: ServicePlace, watch: Watch): cloudwatch.CfnAlarm {
  const { names, service, environment } = place;
  const { kind, seconds: period = 60, periods, below } = watch;
  const metrics = Object.entries(watch.metrics).map(([id, { metric, stat }]) => ({
    ...{
      id,
      returnData: false,
      metricStat: { metric: { ...metric, dimensions: [...metric.dimensions] }, period, stat },
    },
  }));
  const targets = names.alarmTargets(environment);
  return new cloudwatch.CfnAlarm(scope, `Alarm-${kind}`, {
    alarmName: names.deployed(service.name, environment.name).alarm(kind),
    alarmDescription: watch.description,
    metrics: [{ id: 'watched', expression: watch.expression, returnData: true }, ...metrics],
    comparisonOperator: below ? 'LessThanThreshold' : 'GreaterThanOrEqualToThreshold',
    threshold: watch.threshold,
    datapointsToAlarm: periods[0],
    evaluationPeriods: periods[1],
    treatMissingData: below ? 'breaching' : 'notBreaching',
    ...(targets.length > 0 && { alarmActions: targets, okActions: targets }),
  });
}

function ofBoth(place: ServicePlace, groups: TargetGroups) {
  const metricOf = targetMetrics(place, groups);
  return (name: string, metricName: string, stat: string): Watch['metrics'] =>
    Object.fromEntries(
      COLOURS.map(colour => [`${colour}_${name}`, { metric: metricOf(metricName, colour), stat }]),
    );
}

function sum(name: string): string {
  return COLOURS.map(colour => `FILL(${colour}_${name}, 0)`).join(' + ');
}

function highest(name: string): string {
  return `MAX([${COLOURS.map(colour => `FILL(${colour}_${name}, 0)`).join(', ')}])`;
}
