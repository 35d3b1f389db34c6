import type { Context } from '../../core/context.ts';
import { AwsError } from '../../core/errors.ts';
import type { Publisher } from './publisher.ts';
import type { Listener, LoadBalancer, Rule, Tables, TargetGroup } from './rows.ts';

/** What every part of elbv2 works with. */
export interface Scene {
  context: Context;
  tables: Tables;
  publisher: Publisher;
}

export function requireLoadBalancer({ tables }: Scene, arn: string): LoadBalancer {
  const found = tables.loadBalancers.get(arn);
  if (!found) throw new AwsError('LoadBalancerNotFound', `Load balancer '${arn}' not found`);
  return found;
}

export function requireListener({ tables }: Scene, arn: string): Listener {
  const found = tables.listeners.get(arn);
  if (!found) throw new AwsError('ListenerNotFound', `Listener '${arn}' not found`);
  return found;
}

export function requireRule({ tables }: Scene, arn: string): Rule {
  const found = tables.rules.get(arn);
  if (!found) throw new AwsError('RuleNotFound', `Rule '${arn}' not found`);
  return found;
}

export function requireTargetGroup({ tables }: Scene, arn: string): TargetGroup {
  const found = tables.targetGroups.get(arn);
  if (!found) throw new AwsError('TargetGroupNotFound', `Target group '${arn}' not found`);
  return found;
}
