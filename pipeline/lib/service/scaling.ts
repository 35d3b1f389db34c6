import { type Scaling, scalingIn } from '@slipway/contract';
import * as autoscaling from 'aws-cdk-lib/aws-applicationautoscaling';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import type { Construct } from 'constructs';
import { COLOURS, type TargetGroups, targetMetrics } from './metrics.ts';
import type { ServicePlace } from './service-place.ts';

type Configuration = autoscaling.CfnScalingPolicy.TargetTrackingScalingPolicyConfigurationProperty;

/** Seconds: more tasks soon, fewer tasks late. */
const COOLDOWNS = { scaleOutCooldown: 60, scaleInCooldown: 300 };

/** Lets the number of tasks follow the load, within the bounds of the contract. Does nothing for a fixed number. */
export function addScaling(
  scope: Construct,
  place: ServicePlace,
  { service: scaled, groups }: { service: ecs.CfnService; groups: TargetGroups },
): void {
  const { names, service, environment } = place;
  const scaling = scalingIn(service, environment.environment);
  if (scaling === undefined) return;
  const target = new autoscaling.CfnScalableTarget(scope, 'Scaling', {
    serviceNamespace: 'ecs',
    scalableDimension: 'ecs:service:DesiredCount',
    resourceId: `service/${names.cluster(environment.name)}/${service.name}`,
    minCapacity: scaling.min,
    maxCapacity: scaling.max,
    scheduledActions: Object.entries(scaling.schedule).map(([name, { cron, timezone, min, max }]) => ({
      scheduledActionName: name,
      schedule: `cron(${cron})`,
      timezone,
      scalableTargetAction: { minCapacity: min, maxCapacity: max },
    })),
  });
  target.addResourceDependency(scaled);
  for (const [name, configuration] of Object.entries(policies(place, groups, scaling))) {
    new autoscaling.CfnScalingPolicy(scope, `Scaling-${name}`, {
      policyName: `${names.deployed(service.name, environment.name).family}-${name}`,
      policyType: 'TargetTrackingScaling',
      scalingTargetId: target.ref,
      targetTrackingScalingPolicyConfiguration: { ...configuration, ...COOLDOWNS },
    });
  }
}

function policies(place: ServicePlace, groups: TargetGroups, { requests, cpu, memory }: Scaling) {
  const average = (predefinedMetricType: string, targetValue: number): Configuration => ({
    ...{ targetValue, predefinedMetricSpecification: { predefinedMetricType } },
  });
  const all: Record<string, Configuration> = {};
  if (requests !== undefined) all.requests = requestsPerTask(place, groups, requests);
  if (cpu !== undefined) all.cpu = average('ECSServiceAverageCPUUtilization', cpu);
  if (memory !== undefined) all.memory = average('ECSServiceAverageMemoryUtilization', memory);
  return all;
}

/**
 * AWS's own ALBRequestCountPerTarget names one target group, and traffic leaves it with the next release. The sum of
 * both is right at any time: each colour has all its tasks, so during a shift the sum is what a task of one colour will
 * answer when it has all the traffic.
 * https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-target-tracking-metric-math.html
 */
function requestsPerTask(place: ServicePlace, groups: TargetGroups, targetValue: number): Configuration {
  const metricOf = targetMetrics(place, groups);
  const metrics = COLOURS.map(colour => {
    const { dimensions, ...metric } = metricOf('RequestCountPerTarget', colour);
    return {
      id: colour,
      returnData: false,
      metricStat: { metric: { ...metric, dimensions: [...dimensions] }, stat: 'Sum' },
    };
  });
  const expression = COLOURS.map(colour => `FILL(${colour}, 0)`).join(' + ');
  const sum = { id: 'requests', expression, returnData: true };
  return { targetValue, customizedMetricSpecification: { metrics: [sum, ...metrics] } };
}
