import { BlockList, isIP } from 'node:net';
import type { Controller } from '../../core/controllers.ts';
import { AwsError } from '../../core/errors.ts';
import type { TargetRef, TargetReport, TargetState } from './ports.ts';
import { listenersOf, type Tables, type Target, type TargetGroup, targetKey, targetsOf } from './rows.ts';
import { requireTargetGroup, type Scene } from './scene.ts';

export interface Address {
  /** An IP address; for a group of type `alb` the load balancer's ARN. */
  address: string;
  port: number;
}

export interface TargetHealth extends Address {
  state: TargetState;
  reason?: string;
  description?: string;
}

/** As in AWS only private addresses can be targets; here also those of this machine. */
const PRIVATE = new BlockList();
for (const [network, prefix] of [
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
] as const)
  PRIVATE.addSubnet(network, prefix);

/** The balancer should tell that a target has drained; past its deadline and this, it is taken for gone. */
const DRAINED_UNTOLD_MS = 10_000;

/**
 * Registers a target: it is checked, and gets requests once it is healthy. Nothing happens when it is registered; one
 * that drains is registered anew.
 * @throws {AwsError} TargetGroupNotFound, InvalidTarget
 */
export function registerTarget(scene: Scene, targetGroupArn: string, target: Address): void {
  const { context, tables, publisher } = scene;
  const group = requireTargetGroup(scene, targetGroupArn);
  checkAddress(tables, group, target);
  const known = tables.targets.get(targetKey(targetGroupArn, target));
  if (known && known.drainingSince === undefined) return;
  tables.targets.put(targetKey(targetGroupArn, target), {
    targetGroupArn,
    address: target.address,
    port: target.port,
    registration: context.ids.hex(16),
    state: 'initial',
    reason: 'Elb.RegistrationInProgress',
    description: 'Target registration is in progress',
  });
  publisher.changed();
}

/** Takes a target out: no new requests; it is gone when those under way are done or the delay is over. */
export function deregisterTarget(scene: Scene, targetGroupArn: string, target: Address): void {
  const { context, tables, publisher } = scene;
  const key = targetKey(targetGroupArn, target);
  const known = tables.targets.get(key);
  if (!known || known.drainingSince !== undefined) return;
  if (tables.targetGroups.get(targetGroupArn)?.targetType === 'alb') tables.targets.delete(key);
  else tables.targets.put(key, { ...known, drainingSince: context.clock.now() });
  publisher.changed();
}

/** The health of every registered or draining target; empty when there is no such group. */
export function targetHealth(tables: Tables, targetGroupArn: string): TargetHealth[] {
  const isAlb = tables.targetGroups.get(targetGroupArn)?.targetType === 'alb';
  return targetsOf(tables, targetGroupArn).map(target => ({
    address: target.address,
    port: target.port,
    ...(isAlb ? albHealth(tables, target) : ipHealth(target)),
  }));
}

function ipHealth({ state, reason, description, drainingSince }: Target): Omit<TargetHealth, keyof Address> {
  if (drainingSince !== undefined)
    return {
      state: 'draining',
      reason: 'Target.DeregistrationInProgress',
      description: 'Target deregistration is in progress',
    };
  return { state, ...(reason ? { reason } : {}), ...(description ? { description } : {}) };
}

/** A load balancer is as healthy as its listener's port is open. */
function albHealth(tables: Tables, { address, port }: Target): Omit<TargetHealth, keyof Address> {
  const listener = listenersOf(tables, address).find(each => each.port === port);
  const isOpen = listener && tables.localPorts.get(listener.arn)?.listening;
  return isOpen
    ? { state: 'healthy' }
    : { state: 'unhealthy', reason: 'Target.FailedHealthChecks', description: 'Health checks failed' };
}

/** Writes down what the balancer has found out, so that whoever waits for it is woken. */
export function observeHealth({ context, tables }: Scene, reports: TargetReport[]): void {
  context.store.transaction(() => {
    for (const { group, registration, state, reason, description, ...address } of reports) {
      const known = tables.targets.get(targetKey(group, address));
      if (known?.registration !== registration || known.drainingSince !== undefined) continue;
      const { reason: _, description: __, ...rest } = known;
      const told = { ...(reason ? { reason } : {}), ...(description ? { description } : {}) };
      tables.targets.put(targetKey(group, address), { ...rest, state, ...told });
    }
  });
}

/** Forgets targets that have drained. */
export function observeDrained({ context, tables, publisher }: Scene, drained: TargetRef[]): void {
  context.store.transaction(() => {
    for (const { group, registration, ...address } of drained) {
      const known = tables.targets.get(targetKey(group, address));
      if (known?.registration === registration && known.drainingSince !== undefined)
        tables.targets.delete(targetKey(group, address));
    }
  });
  publisher.changed();
}

/** Forgets, in time, draining targets that the balancer never told about. */
export function sweeper(scene: Scene): Controller {
  const { context, tables } = scene;
  return {
    name: 'elbv2 draining targets',
    active: () =>
      tables.targets
        .entries()
        .filter(([, target]) => target.drainingSince !== undefined)
        .map(([key]) => key),
    step: async key => {
      const target = tables.targets.get(key);
      if (target?.drainingSince === undefined) return;
      const { targetGroupArn: group, address, port, registration } = target;
      const delay = tables.targetGroups.get(group)?.attributes['deregistration_delay.timeout_seconds'];
      const until = target.drainingSince + Number(delay ?? 0) * 1000 + DRAINED_UNTOLD_MS;
      if (context.clock.now() < until) return until;
      observeDrained(scene, [{ group, address, port, registration }]);
    },
  };
}

function checkAddress(tables: Tables, group: TargetGroup, { address, port }: Address): void {
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new AwsError('ValidationError', `Target port '${port}' must be from 1 to 65535`);
  if (group.targetType === 'alb') {
    if (listenersOf(tables, address).some(listener => listener.port === port)) return;
    throw new AwsError(
      'InvalidTarget',
      `The load balancer '${address}' has no listener on port ${port}: it must have one to be a target`,
    );
  }
  if (isIP(address) === 4 && PRIVATE.check(address)) return;
  throw new AwsError(
    'ValidationError',
    `The IP address '${address}' is not a valid IPv4 address of a private network or of this machine`,
  );
}
