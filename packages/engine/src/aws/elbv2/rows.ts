import type { Store, Table } from '../../core/store.ts';
import type { RuleAction } from './action.ts';
import type { RuleCondition } from './condition.ts';
import type { TargetState } from './ports.ts';

/** What every resource of a stack carries. */
export interface Owned {
  arn: string;
  tags: Record<string, string>;
  /** The operation that made it: made once per token. */
  token: string;
}

export interface LoadBalancer extends Owned {
  name: string;
  type: 'application' | 'network';
  scheme: 'internal' | 'internet-facing';
  dnsName: string;
  hostedZoneId: string;
  /** Epoch milliseconds. */
  createdAt: number;
  subnets: string[];
  securityGroups: string[];
  attributes: Record<string, string>;
}

export interface Listener extends Owned {
  loadBalancerArn: string;
  port: number;
  protocol: 'HTTP' | 'HTTPS' | 'TCP';
  defaultRuleArn: string;
  defaultActions: RuleAction[];
}

export interface Rule extends Owned {
  listenerArn: string;
  priority: number;
  conditions: RuleCondition[];
  actions: RuleAction[];
}

export interface TargetGroup extends Owned {
  name: string;
  protocol: 'HTTP' | 'TCP';
  port: number;
  targetType: 'ip' | 'instance' | 'alb';
  vpcId: string;
  health: HealthCheck;
  attributes: Record<string, string>;
}

/** As in AWS, in seconds, not divided by the speed. */
export interface HealthCheck {
  protocol: 'HTTP' | 'HTTPS' | 'TCP';
  port: string;
  path: string;
  intervalSeconds: number;
  timeoutSeconds: number;
  healthyThreshold: number;
  unhealthyThreshold: number;
  matcher: string;
}

export interface Target {
  targetGroupArn: string;
  /** An IP address; for a target group of type `alb` the load balancer's ARN. */
  address: string;
  port: number;
  /** Differs for every registration of the same address. */
  registration: string;
  state: TargetState;
  reason?: string;
  description?: string;
  /** Deregistered at, epoch milliseconds. */
  drainingSince?: number;
}

/** Where a listener is reached on this machine, as the balancer last told. */
export interface LocalPort {
  port: number;
  listening: boolean;
  message?: string;
}

export interface Tables {
  loadBalancers: Table<LoadBalancer>;
  listeners: Table<Listener>;
  rules: Table<Rule>;
  targetGroups: Table<TargetGroup>;
  /** By `targetKey`. */
  targets: Table<Target>;
  /** By listener ARN. */
  localPorts: Table<LocalPort>;
}

export function openTables(store: Store): Tables {
  return {
    loadBalancers: store.table('elbv2_load_balancers'),
    listeners: store.table('elbv2_listeners'),
    rules: store.table('elbv2_rules'),
    targetGroups: store.table('elbv2_target_groups'),
    targets: store.table('elbv2_targets'),
    localPorts: store.table('elbv2_local_ports'),
  };
}

export function targetKey(targetGroupArn: string, target: { address: string; port: number }): string {
  return `${targetGroupArn}/${target.address}:${target.port}`;
}

export function targetsOf(tables: Tables, targetGroupArn: string): Target[] {
  return tables.targets.values(`${targetGroupArn}/`);
}

/** The listener's own rules by priority, without the default one. */
export function rulesOf(tables: Tables, listenerArn: string): Rule[] {
  return tables.rules
    .values()
    .filter(rule => rule.listenerArn === listenerArn)
    .sort((a, b) => a.priority - b.priority);
}

export function listenersOf(tables: Tables, loadBalancerArn: string): Listener[] {
  return tables.listeners
    .values()
    .filter(listener => listener.loadBalancerArn === loadBalancerArn)
    .sort((a, b) => a.port - b.port);
}
