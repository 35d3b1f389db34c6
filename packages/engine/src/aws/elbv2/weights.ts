import { AwsError } from '../../core/errors.ts';
import { type ForwardAction, type RuleAction, readWeight } from './action.ts';
import { type Listener, rulesOf } from './rows.ts';
import { requireListener, requireTargetGroup, type Scene } from './scene.ts';
import { targetHealth } from './target.ts';
import { checkGroups, holdsGroup } from './usage.ts';

/** The rules of a listener, and its default actions, as things whose actions can be replaced. */
interface Holder {
  actions: RuleAction[];
  put(actions: RuleAction[]): void;
}

/**
 * How a listener shares traffic among target groups: their weights in the rules (or default action) that hold any of
 * them, by ARN; a group that none holds is missing. The only group of a rule has 100, whatever was written.
 * @throws {AwsError} ListenerNotFound
 */
export function weights(scene: Scene, listenerArn: string, groups: string[]): Record<string, number> {
  const listener = requireListener(scene, listenerArn);
  const found: Record<string, number> = {};
  for (const { actions } of holdersOf(scene, listener, groups)) {
    const shares = forwardOf(actions).ForwardConfig.TargetGroups;
    for (const { TargetGroupArn: arn, Weight } of shares) {
      if (groups.includes(arn)) found[arn] ??= shares.length === 1 ? 100 : Weight;
    }
  }
  return found;
}

/**
 * Gives target groups new weights in the rules (or default action) of a listener that hold any of them; other groups
 * there keep theirs. Resolves when the balancer routes by it, also when nothing had to change: after a crash the
 * balancer may not have heard of it.
 * @throws {AwsError} ListenerNotFound, RuleNotFound, TargetGroupNotFound, and InvalidConfigurationRequest for traffic
 * that would be shifted to a group without a healthy target
 */
export async function setWeights(
  scene: Scene,
  listenerArn: string,
  wanted: Record<string, number>,
): Promise<void> {
  const listener = requireListener(scene, listenerArn);
  const groups = Object.keys(wanted);
  const holders = holdersOf(scene, listener, groups);
  if (holders.length === 0)
    throw new AwsError('RuleNotFound', `No rule of '${listenerArn}' forwards to ${groups.join(' or ')}`);
  scene.context.store.transaction(() => {
    for (const { actions, put } of holders) {
      const next = reweigh(forwardOf(actions), wanted);
      checkGroups(scene, listener, [next]);
      guard(scene, forwardOf(actions), next);
      put([next]);
    }
  });
  await scene.publisher.settled();
}

function holdersOf({ tables }: Scene, listener: Listener, groups: string[]): Holder[] {
  const holders: Holder[] = rulesOf(tables, listener.arn).map(rule => ({
    actions: rule.actions,
    put: actions => tables.rules.put(rule.arn, { ...rule, actions }),
  }));
  holders.push({
    actions: listener.defaultActions,
    put: defaultActions => tables.listeners.put(listener.arn, { ...listener, defaultActions }),
  });
  return holders.filter(({ actions }) => groups.some(group => holdsGroup(actions, group)));
}

function forwardOf(actions: RuleAction[]): ForwardAction {
  return actions.find(action => action.Type === 'forward')!;
}

function reweigh(action: ForwardAction, wanted: Record<string, number>): ForwardAction {
  const kept = action.ForwardConfig.TargetGroups.filter(
    group => !Object.hasOwn(wanted, group.TargetGroupArn),
  );
  const given = Object.entries(wanted).map(([TargetGroupArn, weight]) => ({
    TargetGroupArn,
    Weight: readWeight(weight),
  }));
  return { ...action, ForwardConfig: { ...action.ForwardConfig, TargetGroups: [...kept, ...given] } };
}

/** Traffic is never shifted to where nobody can answer it. */
function guard(scene: Scene, before: ForwardAction, after: ForwardAction): void {
  const shares = after.ForwardConfig.TargetGroups;
  if (shares.every(({ Weight }) => Weight === 0))
    throw refusal('The weights are all 0: no target group would get requests');
  for (const { TargetGroupArn: arn, share } of sharesOf(after)) {
    const had = sharesOf(before).find(each => each.TargetGroupArn === arn)?.share ?? 0;
    if (share <= had) continue;
    requireTargetGroup(scene, arn);
    const states = targetHealth(scene.tables, arn).map(({ state }) => state);
    if (states.includes('healthy')) continue;
    const found =
      states.length === 0 ? 'it has no targets' : `its targets are ${[...new Set(states)].join(', ')}`;
    throw refusal(`Traffic is not shifted to target group '${arn}': ${found}`);
  }
}

/** The part of the requests that each group gets, from 0 to 1. */
function sharesOf({ ForwardConfig }: ForwardAction): { TargetGroupArn: string; share: number }[] {
  const groups = ForwardConfig.TargetGroups;
  const total = groups.reduce((sum, { Weight }) => sum + Weight, 0);
  return groups.map(({ TargetGroupArn, Weight }) => ({
    TargetGroupArn,
    share: groups.length === 1 ? 1 : total === 0 ? 0 : Weight / total,
  }));
}

function refusal(message: string): AwsError {
  return new AwsError('InvalidConfigurationRequest', message);
}
