import { AwsError } from '../../core/errors.ts';
import type { Properties } from '../../core/resource.ts';
import { readActions } from './action.ts';
import { invalid, readInteger, readList, readOneOf, readString } from './input.ts';
import { type Listener, listenersOf, rulesOf } from './rows.ts';
import { requireListener, requireLoadBalancer, type Scene } from './scene.ts';
import { checkGroups } from './usage.ts';

type Wanted = Pick<Listener, 'loadBalancerArn' | 'port' | 'protocol' | 'defaultActions'>;

/** @throws {AwsError} ValidationError, LoadBalancerNotFound */
export function readListener(scene: Scene, properties: Properties): Wanted {
  const loadBalancerArn = readString(properties.LoadBalancerArn, 'LoadBalancerArn');
  const { type } = requireLoadBalancer(scene, loadBalancerArn);
  const fitting = type === 'application' ? ['HTTP', 'HTTPS'] : ['TCP'];
  const protocol = readOneOf(properties.Protocol, 'Protocol', ['HTTP', 'HTTPS', 'TCP'] as const);
  if (!fitting.includes(protocol))
    throw invalid(
      `Protocol '${protocol}' does not fit a load balancer of type '${type}', '${fitting.join("' or '")}' does`,
    );
  if (protocol === 'HTTPS' && readList(properties.Certificates, 'Certificates').length !== 1)
    throw new AwsError('CertificateNotFound', 'A listener over HTTPS needs exactly one certificate');
  return {
    loadBalancerArn,
    protocol,
    port: readInteger(properties.Port, 'Port', [1, 65_535]),
    defaultActions: readActions(properties.DefaultActions, 'DefaultActions'),
  };
}

/** @throws {AwsError} DuplicateListener and those of `checkGroups` */
export function createListener(
  scene: Scene,
  wanted: Wanted,
  owned: { tags: Record<string, string>; token: string },
): Listener {
  const { context, tables, publisher } = scene;
  refuseDuplicate(scene, wanted);
  checkGroups(scene, wanted, wanted.defaultActions);
  const arn = `${wanted.loadBalancerArn.replace(':loadbalancer/', ':listener/')}/${context.ids.hex(16)}`;
  const defaultRuleArn = `${arn.replace(':listener/', ':listener-rule/')}/${context.ids.hex(16)}`;
  const row: Listener = { ...wanted, ...owned, arn, defaultRuleArn };
  tables.listeners.put(arn, row);
  publisher.changed();
  return row;
}

/**
 * Changes port or default actions, as ModifyListener does: what is given counts, live weights of the default actions
 * are replaced.
 */
export function modifyListener(
  scene: Scene,
  arn: string,
  wanted: Partial<Pick<Listener, 'port' | 'defaultActions'>>,
): Listener {
  const row = { ...requireListener(scene, arn), ...wanted };
  if (wanted.port !== undefined) refuseDuplicate(scene, row, arn);
  if (wanted.defaultActions) checkGroups(scene, row, wanted.defaultActions);
  scene.tables.listeners.put(arn, row);
  scene.publisher.changed();
  return row;
}

/** Removes a listener with its rules. Nothing happens when it is gone. */
export function deleteListener({ context, tables, publisher }: Scene, arn: string): void {
  context.store.transaction(() => {
    for (const rule of rulesOf(tables, arn)) tables.rules.delete(rule.arn);
    tables.listeners.delete(arn);
    tables.localPorts.delete(arn);
  });
  publisher.changed();
}

function refuseDuplicate({ tables }: Scene, { loadBalancerArn, port }: Wanted, own?: string): void {
  const taken = listenersOf(tables, loadBalancerArn).some(each => each.port === port && each.arn !== own);
  if (taken) throw new AwsError('DuplicateListener', `A listener already exists on port ${port}`);
}
