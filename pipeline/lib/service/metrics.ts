import type * as elb from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Fn } from 'aws-cdk-lib/core';
import type { ServicePlace } from './service-place.ts';

/** A metric's name, as every part of CloudWatch takes it. */
export interface Metric {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: readonly { readonly name: string; readonly value: string }[];
}

/** One of a service's two target groups: traffic changes between them with each release. */
export type Colour = 'blue' | 'green';
export const COLOURS: readonly Colour[] = ['blue', 'green'];

export type TargetGroups = Readonly<Record<Colour, elb.CfnTargetGroup>>;

/**
 * Metrics of a target group behind the environment's balancer. Whoever looks at a service looks at both: which of them
 * has the traffic is CodeDeploy's to say. https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
 */
export function targetMetrics({ names, environment }: ServicePlace, groups: TargetGroups) {
  const balancerArn = Fn.importValue(names.exports(environment.name).balancer);
  const balancer = Fn.select(1, Fn.split('loadbalancer/', balancerArn));
  return (metricName: string, colour: Colour): Metric => ({
    namespace: 'AWS/ApplicationELB',
    metricName,
    dimensions: [
      { name: 'TargetGroup', value: groups[colour].attrTargetGroupFullName },
      { name: 'LoadBalancer', value: balancer },
    ],
  });
}

export function tableMetric(tableName: string, metricName: string): Metric {
  return { namespace: 'AWS/DynamoDB', metricName, dimensions: [{ name: 'TableName', value: tableName }] };
}

export function serviceMetric({ names, service, environment }: ServicePlace, metricName: string): Metric {
  const dimensions = [
    { name: 'ClusterName', value: names.cluster(environment.name) },
    { name: 'ServiceName', value: service.name },
  ];
  return { namespace: 'AWS/ECS', metricName, dimensions };
}
