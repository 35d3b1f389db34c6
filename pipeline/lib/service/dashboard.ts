import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import {
  COLOURS,
  type Metric,
  serviceMetric,
  type TargetGroups,
  tableMetric,
  targetMetrics,
} from './metrics.ts';
import type { ServicePlace } from './service-place.ts';

interface Line {
  readonly metric: Metric;
  readonly label: string;
  readonly stat: string;
}

const WIDTH = 8;
const HEIGHT = 6;

/** What a person looks at first: requests, answers, tasks, tables and the alarms of one service, on one page. */
export function addDashboard(
  scope: Construct,
  place: ServicePlace,
  { groups, alarms }: { groups: TargetGroups; alarms: readonly cloudwatch.CfnAlarm[] },
): void {
  const { names, service, environment } = place;
  const { family, table } = names.deployed(service.name, environment.name);
  const metricOf = targetMetrics(place, groups);
  const ofBoth = (metricName: string, stat: string, label: string): Line[] =>
    COLOURS.map(colour => ({ metric: metricOf(metricName, colour), label: `${label} (${colour})`, stat }));
  const graph = (title: string, lines: readonly Line[]) => ({
    type: 'metric',
    properties: { title, region: environment.region, period: 60, metrics: lines.map(row) },
  });

  const tables = Object.keys(service.tables);
  const widgets = [
    graph('Requests a minute', ofBoth('RequestCount', 'Sum', 'requests')),
    graph('Answers with 5xx', ofBoth('HTTPCode_Target_5XX_Count', 'Sum', '5xx')),
    graph('Seconds to answer', [
      ...ofBoth('TargetResponseTime', 'p50', 'half'),
      ...ofBoth('TargetResponseTime', 'p99', '99 of 100'),
    ]),
    graph('Tasks', [
      ...ofBoth('HealthyHostCount', 'Minimum', 'healthy'),
      ...ofBoth('UnHealthyHostCount', 'Maximum', 'unhealthy'),
    ]),
    graph('CPU and memory, percent', [
      { metric: serviceMetric(place, 'CPUUtilization'), label: 'cpu', stat: 'Average' },
      { metric: serviceMetric(place, 'MemoryUtilization'), label: 'memory', stat: 'Average' },
    ]),
    ...(tables.length === 0
      ? []
      : [
          graph(
            'Units that tables used',
            tables.flatMap(name =>
              ['ConsumedReadCapacityUnits', 'ConsumedWriteCapacityUnits'].map(metric => ({
                ...{ metric: tableMetric(table(name), metric), stat: 'Sum' },
                label: `${name}, ${metric.includes('Read') ? 'read' : 'written'}`,
              })),
            ),
          ),
        ]),
    ...(alarms.length === 0
      ? []
      : [
          {
            type: 'alarm',
            properties: { title: 'Alarms', alarms: alarms.map(alarm => alarm.attrArn) },
          },
        ]),
  ].map((widget, index) => ({
    ...widget,
    ...{ x: (index % 3) * WIDTH, y: Math.floor(index / 3) * HEIGHT, width: WIDTH, height: HEIGHT },
  }));
  new cloudwatch.CfnDashboard(scope, 'Dashboard', {
    dashboardName: family,
    dashboardBody: Stack.of(scope).toJsonString({ widgets }),
  });
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html */
function row({ metric, label, stat }: Line): unknown[] {
  const dimensions = metric.dimensions.flatMap(({ name, value }) => [name, value]);
  return [metric.namespace, metric.metricName, ...dimensions, { label, stat }];
}
