import { AwsError } from '../../core/errors.ts';
import { forwardedGroups, type RuleAction } from './action.ts';
import { type Listener, rulesOf, type Tables } from './rows.ts';
import { requireTargetGroup, type Scene } from './scene.ts';

/** The actions of a listener: its default ones and those of its rules. */
function actionsOf(tables: Tables, listener: Listener): RuleAction[] {
  return [...listener.defaultActions, ...rulesOf(tables, listener.arn).flatMap(rule => rule.actions)];
}

/** The load balancers whose listeners forward to a target group: at most one, as in AWS. */
export function loadBalancersOf(tables: Tables, targetGroupArn: string): string[] {
  const using = tables.listeners
    .values()
    .filter(listener => holdsGroup(actionsOf(tables, listener), targetGroupArn));
  return [...new Set(using.map(listener => listener.loadBalancerArn))];
}

export function holdsGroup(actions: RuleAction[], targetGroupArn: string): boolean {
  return forwardedGroups(actions).some(group => group.TargetGroupArn === targetGroupArn);
}

/**
 * Checks that a load balancer may forward to the groups that actions name: they exist, speak its protocol and belong
 * to no other load balancer.
 * @throws {AwsError} TargetGroupNotFound, InvalidConfigurationRequest, TargetGroupAssociationLimit
 */
export function checkGroups(
  scene: Scene,
  listener: Pick<Listener, 'loadBalancerArn' | 'protocol'>,
  actions: RuleAction[],
): void {
  for (const { TargetGroupArn: arn } of forwardedGroups(actions)) {
    const group = requireTargetGroup(scene, arn);
    if (group.protocol !== (listener.protocol === 'HTTPS' ? 'HTTP' : listener.protocol))
      throw new AwsError(
        'InvalidConfigurationRequest',
        `Listener protocol '${listener.protocol}' is not supported with target group '${arn}' of protocol '${group.protocol}'`,
      );
    const others = loadBalancersOf(scene.tables, arn).filter(each => each !== listener.loadBalancerArn);
    if (others.length > 0)
      throw new AwsError(
        'TargetGroupAssociationLimit',
        `The following target groups cannot be associated with more than one load balancer: ${arn}`,
      );
  }
}
