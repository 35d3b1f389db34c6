import type { Guard } from './finding.ts';
import { conditionsOverlap, type RuleCondition, valuesOf } from './patterns.ts';
import { type Found, find, follow, type Properties, type Synthesized } from './synthesized.ts';

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html */
const RULES = 100;
const TARGET_GROUPS = 100;
const TARGETS = 1000;
const GROUPS_PER_ACTION = 5;
const CONDITION_VALUES = 5;
const WILDCARDS = 5;

export const listenerGuards: readonly Guard[] = [
  {
    id: 'rule-priority',
    check: synthesized =>
      pairsOnOneListener(synthesized)
        .filter(([earlier, later]) => earlier.properties.Priority === later.properties.Priority)
        .map(([earlier, later]) => ({
          ...later,
          message: `has priority ${later.properties.Priority}, which ${nameOf(earlier)} has on the same listener: choose another priority, or another name of the service that it follows from`,
        })),
  },
  {
    id: 'rule-overlap',
    check: synthesized =>
      pairsOnOneListener(synthesized)
        .filter(([earlier, later]) => earlier.stack !== later.stack)
        .filter(([earlier, later]) => conditionsOverlap(conditions(earlier), conditions(later)))
        .map(([earlier, later]) => ({
          ...later,
          message: `takes requests that ${nameOf(earlier)} takes as well (${shown(later)} and ${shown(earlier)}), and the priority alone would decide: choose another path`,
        })),
  },
  {
    id: 'rule-conditions',
    check: synthesized =>
      rules(synthesized).flatMap(found => {
        const values = conditions(found).flatMap(valuesOf);
        const wildcards = values.join('').match(/[*?]/g)?.length ?? 0;
        const message =
          values.length > CONDITION_VALUES
            ? `asks for ${values.length} values, and a rule takes ${CONDITION_VALUES}: divide it into several rules`
            : wildcards > WILDCARDS
              ? `has ${wildcards} wildcards, and a rule takes ${WILDCARDS}: divide it into several rules`
              : undefined;
        return message === undefined ? [] : { ...found, message };
      }),
  },
  {
    id: 'rule-target-groups',
    check: synthesized =>
      rules(synthesized).flatMap(found => {
        const count = Math.max(0, ...actionsOf(found).map(action => groupsOf(action).length));
        if (count <= GROUPS_PER_ACTION) return [];
        const message = `forwards to ${count} target groups in one action, and a balancer takes ${GROUPS_PER_ACTION}: forward to fewer`;
        return { ...found, message };
      }),
  },
  {
    id: 'balancer-rules',
    check: synthesized =>
      balancers(synthesized)
        .filter(({ rules }) => rules.length > RULES)
        .map(({ balancer, rules }) => ({
          ...balancer,
          message: `carries ${rules.length} rules, and an application load balancer takes ${RULES} beside the default ones unless AWS was asked for more: give some services a balancer of their own`,
        })),
  },
  {
    id: 'balancer-target-groups',
    check: synthesized =>
      balancers(synthesized)
        .filter(({ groups }) => groups.size > TARGET_GROUPS)
        .map(({ balancer, groups }) => ({
          ...balancer,
          message: `leads to ${groups.size} target groups, and an application load balancer takes ${TARGET_GROUPS}, which AWS does not raise: give some services a balancer of their own`,
        })),
  },
  {
    id: 'balancer-targets',
    check: synthesized =>
      balancers(synthesized)
        .map(({ balancer, groups }) => ({ balancer, targets: targetsIn(synthesized, groups) }))
        .filter(({ targets }) => targets > TARGETS)
        .map(({ balancer, targets }) => ({
          ...balancer,
          message: `leads to ${targets} tasks while all services deploy, and an application load balancer takes ${TARGETS} targets unless AWS was asked for more: run fewer tasks, or give some services a balancer of their own`,
        })),
  },
];

function rules(synthesized: Synthesized): Found[] {
  return find(synthesized, 'AWS::ElasticLoadBalancingV2::ListenerRule');
}

function conditions({ properties }: Found): RuleCondition[] {
  return Array.isArray(properties.Conditions) ? properties.Conditions : [];
}

function actionsOf({ properties }: Found): Properties[] {
  return Array.isArray(properties.Actions) ? properties.Actions : [];
}

function groupsOf({ TargetGroupArn, ForwardConfig }: Properties): unknown[] {
  const weighted = (ForwardConfig?.TargetGroups ?? []) as { TargetGroupArn: unknown }[];
  return weighted.length > 0
    ? weighted.map(each => each.TargetGroupArn)
    : TargetGroupArn === undefined
      ? []
      : [TargetGroupArn];
}

/** Every two rules of one listener, the one of the stack that comes first in the alphabet first. */
function pairsOnOneListener(synthesized: Synthesized): [Found, Found][] {
  const byListener = Map.groupBy(
    rules(synthesized).sort((a, b) => (a.stack.name < b.stack.name ? -1 : 1)),
    ({ stack, properties }) => follow(synthesized, stack, properties.ListenerArn).key,
  );
  return [...byListener.values()].flatMap(all =>
    all.flatMap((later, index) => all.slice(0, index).map((earlier): [Found, Found] => [earlier, later])),
  );
}

interface Balancer {
  readonly balancer: Found;
  readonly rules: readonly Found[];
  /** By where they stand. */
  readonly groups: ReadonlySet<string>;
}

/**
 * The application load balancers of the assembly with the rules on all their listeners and the target groups that these
 * lead to, both colours of a service among them: CodeDeploy leaves both in a rule.
 */
function balancers(synthesized: Synthesized): Balancer[] {
  const balancerOf = ({ stack, properties }: Found) =>
    follow(synthesized, stack, properties.LoadBalancerArn).found;
  const byBalancer = Map.groupBy(
    rules(synthesized).flatMap(rule => {
      const listener = follow(synthesized, rule.stack, rule.properties.ListenerArn).found;
      const balancer = listener && balancerOf(listener);
      return balancer ? [{ rule, balancer }] : [];
    }),
    ({ balancer }) => `${balancer.stack.name}/${balancer.logicalId}`,
  );
  return [...byBalancer.values()].map(all => {
    const groups = all.flatMap(({ rule }) => [
      ...actionsOf(rule)
        .flatMap(groupsOf)
        .map(group => follow(synthesized, rule.stack, group).key),
      ...pairsIn(synthesized, rule),
    ]);
    return {
      balancer: all[0]!.balancer,
      rules: all.map(({ rule }) => rule),
      groups: new Set(groups),
    };
  });
}

/** The target groups of the deployment groups beside a rule. */
function pairsIn(synthesized: Synthesized, { stack }: Found): string[] {
  return find({ stacks: [stack] }, 'AWS::CodeDeploy::DeploymentGroup').flatMap(({ properties }) => {
    const pairs: Properties[] = properties.LoadBalancerInfo?.TargetGroupPairInfoList ?? [];
    const names = pairs.flatMap(pair => (pair.TargetGroups ?? []) as { Name: unknown }[]);
    return names.map(({ Name }) => follow(synthesized, stack, Name).key);
  });
}

/** All tasks of the services behind these groups, twice: a deployment runs both versions at full size. */
function targetsIn(synthesized: Synthesized, groups: ReadonlySet<string>): number {
  return find(synthesized, 'AWS::ECS::Service')
    .filter(({ stack, properties }) =>
      ((properties.LoadBalancers ?? []) as Properties[]).some(({ TargetGroupArn }) =>
        groups.has(follow(synthesized, stack, TargetGroupArn).key),
      ),
    )
    .reduce((sum, service) => sum + 2 * mostTasks(service), 0);
}

function mostTasks({ stack, properties }: Found): number {
  const scaled = find({ stacks: [stack] }, 'AWS::ApplicationAutoScaling::ScalableTarget').map(each =>
    Number(each.properties.MaxCapacity),
  );
  return Math.max(Number(properties.DesiredCount ?? 1), ...scaled);
}

function nameOf({ stack, logicalId }: Found): string {
  return `${stack.name}/${logicalId}`;
}

function shown(found: Found): string {
  return conditions(found).flatMap(valuesOf).join(', ');
}
