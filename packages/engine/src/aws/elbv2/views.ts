import { showActions } from './action.ts';
import { showCondition } from './condition.ts';
import {
  type Listener,
  type LoadBalancer,
  listenersOf,
  type Rule,
  rulesOf,
  type TargetGroup,
} from './rows.ts';
import type { Scene } from './scene.ts';
import { loadBalancersOf } from './usage.ts';

/** How the API shows rows. */

export function showLoadBalancer(row: LoadBalancer): object {
  return {
    LoadBalancerArn: row.arn,
    DNSName: row.dnsName,
    CanonicalHostedZoneId: row.hostedZoneId,
    CreatedTime: new Date(row.createdAt),
    LoadBalancerName: row.name,
    Scheme: row.scheme,
    VpcId: 'vpc-local',
    State: { Code: 'active' },
    Type: row.type,
    AvailabilityZones: row.subnets.map(SubnetId => ({ SubnetId })),
    SecurityGroups: row.securityGroups,
    IpAddressType: 'ipv4',
  };
}

export function showListener(row: Listener): object {
  return {
    ListenerArn: row.arn,
    LoadBalancerArn: row.loadBalancerArn,
    Port: row.port,
    Protocol: row.protocol,
    DefaultActions: showActions(row.defaultActions),
  };
}

export function showRule(row: Rule): object {
  return {
    RuleArn: row.arn,
    Priority: String(row.priority),
    Conditions: row.conditions.map(showCondition),
    Actions: showActions(row.actions),
    IsDefault: false,
  };
}

/** The rules of a listener as AWS lists them: by priority, the default one last. */
export function showRules({ tables }: Scene, listener: Listener): object[] {
  const last = {
    RuleArn: listener.defaultRuleArn,
    Priority: 'default',
    Conditions: [],
    Actions: showActions(listener.defaultActions),
    IsDefault: true,
  };
  return [...rulesOf(tables, listener.arn).map(showRule), last];
}

export function showTargetGroup({ tables }: Scene, row: TargetGroup): object {
  const { health } = row;
  return {
    TargetGroupArn: row.arn,
    TargetGroupName: row.name,
    Protocol: row.protocol,
    Port: row.port,
    VpcId: row.vpcId,
    HealthCheckProtocol: health.protocol,
    HealthCheckPort: health.port,
    HealthCheckEnabled: true,
    HealthCheckIntervalSeconds: health.intervalSeconds,
    HealthCheckTimeoutSeconds: health.timeoutSeconds,
    HealthyThresholdCount: health.healthyThreshold,
    UnhealthyThresholdCount: health.unhealthyThreshold,
    HealthCheckPath: health.path,
    Matcher: { HttpCode: health.matcher },
    LoadBalancerArns: loadBalancersOf(tables, row.arn),
    TargetType: row.targetType,
    IpAddressType: 'ipv4',
  };
}

/**
 * The tags of a resource. A listener has `slipway:local` besides: the URL (HTTP) at which it is reached on this
 * machine, as its DNS name resolves nowhere. A load balancer has that of its lowest port.
 */
export function localTags({ tables }: Scene, arn: string): Record<string, string> {
  const listener = tables.listeners.get(arn) ?? listenersOf(tables, arn)[0];
  const local = listener && tables.localPorts.get(listener.arn);
  return local?.listening ? { 'slipway:local': `http://127.0.0.1:${local.port}` } : {};
}
