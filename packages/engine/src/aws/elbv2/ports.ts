/**
 * The balancer as elbv2 needs it: a process that carries out whole routing tables. Times are real milliseconds, keys
 * are ARNs.
 */
export interface BalancerPort {
  /** Connects, starting the balancer when needed, and keeps it running from now on. */
  start(observer: BalancerObserver): void;
  /** Replaces the table. Resolves when this one, or a newer one, is in force; rejects when it is refused. */
  publish(table: RoutingTable): Promise<void>;
  /** Counters per target group since the balancer started. */
  metrics(): Promise<Record<string, GroupMetrics>>;
}

export interface BalancerObserver {
  onHealth(targets: TargetReport[]): void;
  onDrained(targets: TargetRef[]): void;
  onListeners(listeners: ListenerState[]): void;
}

export interface RoutingTable {
  listeners: ListenerEntry[];
  groups: GroupEntry[];
}

export interface ListenerEntry {
  key: string;
  /** For people: `slipway-production:80`. */
  name: string;
  protocol: 'HTTP' | 'TCP';
  address: string;
  port: number;
  /** Any free port will do when `port` is 0 or taken. */
  flexible: boolean;
  idleTimeoutMs: number;
  /** Request headers whose names hold anything but letters, digits and hyphens go no further. */
  dropInvalidHeaders: boolean;
  /** By priority; the last one, without conditions, is the default. */
  rules: RuleEntry[];
}

export interface RuleEntry {
  conditions: ConditionEntry[];
  action: ActionEntry;
}

export type ConditionEntry =
  | { field: 'path-pattern' | 'host-header' | 'http-request-method'; values: string[] }
  | { field: 'http-header'; name: string; values: string[] }
  | { field: 'query-string'; pairs: { key?: string; value: string }[] };

export type ActionEntry =
  | { type: 'forward'; groups: { key: string; weight: number }[] }
  | { type: 'fixed-response'; status: number; contentType?: string; body?: string }
  | {
      type: 'redirect';
      status: 301 | 302;
      protocol: string;
      host: string;
      port: string;
      path: string;
      query: string;
    };

export interface GroupEntry {
  key: string;
  health?: HealthSettings;
  targets: { address: string; port: number; registration: string; drainMs?: number }[];
}

export interface HealthSettings {
  protocol: 'HTTP' | 'TCP';
  path: string;
  port?: number;
  intervalMs: number;
  healthyIntervalMs: number;
  timeoutMs: number;
  healthyThreshold: number;
  unhealthyThreshold: number;
  matcher: string;
}

export interface TargetRef {
  group: string;
  address: string;
  port: number;
  registration: string;
}

export interface TargetReport extends TargetRef {
  state: TargetState;
  reason?: string;
  description?: string;
}

export type TargetState = 'initial' | 'healthy' | 'unhealthy' | 'draining' | 'unused';

export interface ListenerState {
  key: string;
  address: string;
  port: number;
  listening: boolean;
  code?: string;
  message?: string;
}

export interface GroupMetrics {
  requestCount: number;
  target2xx: number;
  target3xx: number;
  target4xx: number;
  target5xx: number;
  elb5xx: number;
  targetConnectionErrors: number;
  targetResponseTimeMs: number;
}

/** What elbv2 needs of others. */
export interface Elbv2Ports {
  balancer: BalancerPort;
  /** Local ports by `<load balancer name>:<listener port>`; other listeners get a free one. */
  listen?: Record<string, number>;
}
