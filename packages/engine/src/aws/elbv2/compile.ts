import { compileAction } from './action.ts';
import { compileCondition } from './condition.ts';
import type { GroupEntry, HealthSettings, ListenerEntry, RoutingTable, RuleEntry } from './ports.ts';
import {
  type HealthCheck,
  type Listener,
  type LoadBalancer,
  listenersOf,
  rulesOf,
  type Tables,
  type TargetGroup,
  targetsOf,
} from './rows.ts';

export interface CompileOptions {
  /** Local ports by `<load balancer name>:<listener port>`. */
  listen: Record<string, number>;
  /** The real milliseconds that a health check interval of so many takes. */
  divided(ms: number): number;
}

const ADDRESS = '127.0.0.1';
/** NLB ends idle connections after 350 s, ALB as its attribute says. */
const NLB_IDLE_MS = 350_000;
const DEFAULT_DELAY_SECONDS = '300';

/** The routing table that the rows describe. */
export function compileTable(tables: Tables, options: CompileOptions): RoutingTable {
  const balancers = new Map(tables.loadBalancers.values().map(each => [each.arn, each]));
  return {
    listeners: tables.listeners.values().flatMap(listener => {
      const balancer = balancers.get(listener.loadBalancerArn);
      return balancer ? [compileListener(tables, balancer, listener, options)] : [];
    }),
    groups: tables.targetGroups
      .values()
      .filter(group => group.targetType !== 'alb')
      .map(group => compileGroup(tables, group, options)),
  };
}

function compileListener(
  tables: Tables,
  balancer: LoadBalancer,
  listener: Listener,
  { listen }: CompileOptions,
): ListenerEntry {
  const name = `${balancer.name}:${listener.port}`;
  const wanted = listen[name] ?? 0;
  const given = tables.localPorts.get(listener.arn)?.port ?? 0;
  const door = {
    key: listener.arn,
    name,
    address: ADDRESS,
    port: wanted || given,
    flexible: wanted === 0,
    idleTimeoutMs: NLB_IDLE_MS,
    dropInvalidHeaders: false,
  };
  if (listener.protocol !== 'TCP') return { ...door, ...asHttp(tables, balancer, listener) };
  const behind = albBehind(tables, listener);
  if (behind === 'no alb')
    return {
      ...door,
      protocol: 'TCP',
      rules: [{ conditions: [], action: compileAction(listener.defaultActions) }],
    };
  const alb = behind && tables.loadBalancers.get(behind.loadBalancerArn);
  if (!behind || !alb) return { ...door, protocol: 'HTTP', rules: [] };
  return { ...door, ...asHttp(tables, alb, behind) };
}

function asHttp(
  tables: Tables,
  balancer: LoadBalancer,
  listener: Listener,
): Pick<ListenerEntry, 'protocol' | 'idleTimeoutMs' | 'dropInvalidHeaders' | 'rules'> {
  const seconds = Number(balancer.attributes['idle_timeout.timeout_seconds'] ?? 60);
  const rules = compileRules(tables, listener);
  const dropInvalidHeaders =
    balancer.attributes['routing.http.drop_invalid_header_fields.enabled'] === 'true';
  return { protocol: 'HTTP', idleTimeoutMs: seconds * 1000, dropInvalidHeaders, rules };
}

/**
 * The rules of a listener, the default one last. TLS is not spoken here: a listener that only leads on to TLS serves what
 * users would meet there, so that its port is as good as the other one.
 */
function compileRules(tables: Tables, listener: Listener): RuleEntry[] {
  const own = rulesOf(tables, listener.arn).map(rule => ({
    conditions: rule.conditions.map(compileCondition),
    action: compileAction(rule.actions),
  }));
  const secure = secureBeside(tables, listener);
  if (secure) return [...own, ...compileRules(tables, secure)];
  return [...own, { conditions: [], action: compileAction(listener.defaultActions) }];
}

/** The listener over TLS of the same balancer that a listener over HTTP leads everybody to. */
function secureBeside(tables: Tables, { protocol, loadBalancerArn, defaultActions }: Listener) {
  const [action] = defaultActions;
  if (protocol !== 'HTTP' || action?.Type !== 'redirect' || action.RedirectConfig.Protocol !== 'HTTPS')
    return undefined;
  return listenersOf(tables, loadBalancerArn).find(
    each => each.protocol === 'HTTPS' && String(each.port) === action.RedirectConfig.Port,
  );
}

/**
 * The listener of the ALB that an NLB's listener leads to; its table is served on the NLB's own port. Undefined when
 * that ALB does not listen there (yet).
 */
function albBehind(tables: Tables, listener: Listener): Listener | 'no alb' | undefined {
  const [action] = listener.defaultActions;
  const arn = action?.Type === 'forward' ? action.ForwardConfig.TargetGroups[0]?.TargetGroupArn : undefined;
  if (!arn || tables.targetGroups.get(arn)?.targetType !== 'alb') return 'no alb';
  const [target] = targetsOf(tables, arn);
  return target && listenersOf(tables, target.address).find(({ port }) => port === target.port);
}

function compileGroup(tables: Tables, group: TargetGroup, { divided }: CompileOptions): GroupEntry {
  const delay = group.attributes['deregistration_delay.timeout_seconds'] ?? DEFAULT_DELAY_SECONDS;
  return {
    key: group.arn,
    health: compileHealth(group.health, divided),
    targets: targetsOf(tables, group.arn).map(({ address, port, registration, drainingSince }) => ({
      address,
      port,
      registration,
      ...(drainingSince === undefined ? {} : { drainMs: Number(delay) * 1000 }),
    })),
  };
}

/**
 * However fast time passes: below that, probing takes the processors that the services need. A target that is waited for
 * is asked more often than one that serves: a dozen of those took a third of a core.
 */
const LEAST_INTERVAL_MS = 50;
const LEAST_HEALTHY_INTERVAL_MS = 250;

function compileHealth(check: HealthCheck, divided: (ms: number) => number): HealthSettings {
  return {
    protocol: check.protocol === 'TCP' ? 'TCP' : 'HTTP',
    path: check.path,
    ...(check.port === 'traffic-port' ? {} : { port: Number(check.port) }),
    intervalMs: Math.max(LEAST_INTERVAL_MS, divided(check.intervalSeconds * 1000)),
    healthyIntervalMs: Math.max(LEAST_HEALTHY_INTERVAL_MS, divided(check.intervalSeconds * 1000)),
    timeoutMs: check.timeoutSeconds * 1000,
    healthyThreshold: check.healthyThreshold,
    unhealthyThreshold: check.unhealthyThreshold,
    matcher: check.matcher,
  };
}
