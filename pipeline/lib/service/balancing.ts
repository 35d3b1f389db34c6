import * as elb from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Fn } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { rulePriority } from './priority.ts';
import type { ServicePlace } from './service-place.ts';

export function addTargetGroup(
  scope: Construct,
  id: 'Blue' | 'Green',
  { names, service, environment }: ServicePlace,
) {
  const { blue, green } = names.deployed(service.name, environment.name);
  return new elb.CfnTargetGroup(scope, id, {
    name: id === 'Blue' ? blue : green,
    targetType: 'ip',
    protocol: 'HTTP',
    port: service.port,
    vpcId: Fn.importValue(names.exports(environment.name).vpc),
    healthCheckProtocol: 'HTTP',
    healthCheckPath: service.health.path,
    healthCheckIntervalSeconds: 10,
    healthCheckTimeoutSeconds: 5,
    healthyThresholdCount: 2,
    unhealthyThresholdCount: 2,
    matcher: { httpCode: '200' },
    targetGroupAttributes: [
      { key: 'deregistration_delay.timeout_seconds', value: String(service.health.drain) },
    ],
  });
}

/** Both rules begin at blue; from then on their actions belong to the deployment controller. */
export function addRule(
  scope: Construct,
  id: string,
  listenerArn: string,
  actions: elb.CfnListenerRule.ActionProperty[],
  { service }: ServicePlace,
) {
  return new elb.CfnListenerRule(scope, id, {
    listenerArn,
    priority: rulePriority(service.name),
    conditions: [
      { field: 'path-pattern', pathPatternConfig: { values: [service.path, `${service.path}/*`] } },
    ],
    actions,
  });
}

export function forwardTo(blue: elb.CfnTargetGroup): elb.CfnListenerRule.ActionProperty[] {
  return [{ type: 'forward', targetGroupArn: blue.ref }];
}

/** All to blue, with green in the rule as well: ECS refuses a target group that no balancer knows. */
export function forwardToBoth(
  blue: elb.CfnTargetGroup,
  green: elb.CfnTargetGroup,
): elb.CfnListenerRule.ActionProperty[] {
  const targetGroups = [
    { targetGroupArn: blue.ref, weight: 100 },
    { targetGroupArn: green.ref, weight: 0 },
  ];
  return [{ type: 'forward', forwardConfig: { targetGroups } }];
}
