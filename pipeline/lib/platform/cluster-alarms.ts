import type { Environment } from '@slipway/contract';
import type { Construct } from 'constructs';
import type { Names } from '../names.ts';
import { createAlarm } from './alarm.ts';
import type { Balancer } from './balancer.ts';
import type { Door } from './door.ts';

/** Answers of its own that a balancer may give in five minutes before somebody is told: a few break with every client. */
const OWN_FAULTS = 10;

/** The alarms of what stands before the services, where somebody is to be told. */
export function addClusterAlarms(
  scope: Construct,
  names: Names,
  environment: Environment,
  { balancer: { balancer }, door: { door, targetGroups } }: { balancer: Balancer; door: Door },
): void {
  const targets = names.alarmTargets(environment);
  if (targets.length === 0) return;
  const name = names.cluster(environment.name);
  // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
  createAlarm(scope, 'BalancerFaults', {
    name: `${name}-balancer-5xx`,
    description: `Users of ${environment.name} get errors from the balancer itself: a service has no healthy task, or answers wrongly`,
    metric: { namespace: 'AWS/ApplicationELB', name: 'HTTPCode_ELB_5XX_Count', statistic: 'Sum' },
    dimensions: { LoadBalancer: balancer.loadBalancerFullName },
    ...{ above: OWN_FAULTS, periods: 1, targets },
  });
  // https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-cloudwatch-metrics.html
  for (const [index, group] of targetGroups.entries()) {
    createAlarm(scope, `DoorUnhealthy${index + 1}`, {
      name: `${name}-door-unhealthy${index === 0 ? '' : '-tls'}`,
      description: `The door of ${environment.name} does not reach the balancer behind it`,
      metric: { namespace: 'AWS/NetworkELB', name: 'UnHealthyHostCount', statistic: 'Maximum' },
      dimensions: { LoadBalancer: door.loadBalancerFullName, TargetGroup: group.targetGroupFullName },
      ...{ above: 0, periods: 1, targets },
    });
  }
}
