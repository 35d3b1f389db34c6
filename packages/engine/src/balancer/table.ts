import { isIP } from 'node:net';

/**
 * The whole routing table: everything that the balancer does, in one value. A newer number replaces it at once.
 * Times are real milliseconds: whoever sends it has divided the health interval by the speed.
 */
export interface RoutingTable {
  number: number;
  listeners: ListenerEntry[];
  groups: GroupEntry[];
}

export interface ListenerEntry {
  /** What identifies the listener from table to table: its ARN. */
  key: string;
  /** For people: `slipway-production:80`. */
  name: string;
  protocol: 'HTTP' | 'TCP';
  /** A loopback address. */
  address: string;
  port: number;
  /** The port may be another one when `port` is taken; 0 asks for any. */
  flexible: boolean;
  idleTimeoutMs: number;
  /** Request headers whose names hold anything but letters, digits and hyphens go no further. */
  dropInvalidHeaders: boolean;
  /** In the order of their priority; the last one, without conditions, is the default. */
  rules: RuleEntry[];
}

export interface RuleEntry {
  /** All of them must hold. */
  conditions: Condition[];
  action: Action;
}

/** A condition holds when one of its values matches. */
export type Condition =
  | { field: 'path-pattern' | 'host-header' | 'http-request-method'; values: string[] }
  | { field: 'http-header'; name: string; values: string[] }
  | { field: 'query-string'; pairs: { key?: string; value: string }[] };

export type Action =
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
  /** The ARN of the target group. */
  key: string;
  /** Absent while no listener uses the group: its targets are not checked then. */
  health?: HealthSettings;
  targets: TargetEntry[];
}

export interface HealthSettings {
  protocol: 'HTTP' | 'TCP';
  path: string;
  /** Another port than the target's own. */
  port?: number;
  intervalMs: number;
  /** While the target is healthy; as otherwise, when absent. */
  healthyIntervalMs?: number;
  timeoutMs: number;
  healthyThreshold: number;
  unhealthyThreshold: number;
  /** Status codes that pass: `200`, `200,204`, `200-299`. */
  matcher: string;
}

export interface TargetEntry {
  address: string;
  port: number;
  /** Differs for every registration, so that an address that comes back is a new target. */
  registration: string;
  /** Deregistered: no new requests; what still runs after this many milliseconds is cut off. */
  drainMs?: number;
}

/** Checks a table that came from outside. Throws a sentence that names what is wrong. */
export function parseTable(value: unknown): RoutingTable {
  const table = value as RoutingTable;
  if (typeof table !== 'object' || table === null) throw new Error('the routing table is no object');
  if (!Number.isSafeInteger(table.number) || table.number < 0)
    throw new Error('the routing table has no number');
  if (!Array.isArray(table.listeners) || !Array.isArray(table.groups))
    throw new Error(`routing table ${table.number} lists no listeners or groups`);
  for (const group of table.groups) for (const target of group.targets) checkTarget(group, target);
  const groups = new Set(table.groups.map(group => group.key));
  for (const listener of table.listeners) checkListener(listener, groups);
  return table;
}

function checkListener(listener: ListenerEntry, groups: Set<string>): void {
  const where = `listener ${listener.name}`;
  if (!isLoopback(listener.address))
    throw new Error(`${where}: ${listener.address} is not a loopback address, only those are listened on`);
  if (!isPort(listener.port) && !(listener.port === 0 && listener.flexible))
    throw new Error(`${where}: ${listener.port} is no port`);
  for (const { action } of listener.rules) {
    if (action.type !== 'forward') continue;
    const unknown = action.groups.find(({ key }) => !groups.has(key));
    if (unknown) throw new Error(`${where} forwards to ${unknown.key}, which the table does not hold`);
  }
}

function checkTarget(group: GroupEntry, { address, port }: TargetEntry): void {
  if (!isIP(address) || !isPort(port))
    throw new Error(`target group ${group.key}: ${address}:${port} is no address`);
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port > 0 && port < 65_536;
}

/** Whether only this machine can reach the address. */
export function isLoopback(address: string): boolean {
  return address === '::1' || (isIP(address) === 4 && address.startsWith('127.'));
}
