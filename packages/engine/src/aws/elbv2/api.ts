import type { Api, Operation } from '../../core/api.ts';
import { AwsError } from '../../core/errors.ts';
import { readActions } from './action.ts';
import { readConditions } from './condition.ts';
import { readInteger, readList, readObject, readPairs, readString, readStrings, showPairs } from './input.ts';
import { modifyListener } from './listener.ts';
import { modifyLoadBalancer } from './load-balancer.ts';
import { listenersOf, type Owned } from './rows.ts';
import { modifyRule } from './rule.ts';
import {
  requireListener,
  requireLoadBalancer,
  requireRule,
  requireTargetGroup,
  type Scene,
} from './scene.ts';
import { type Address, deregisterTarget, registerTarget, targetHealth } from './target.ts';
import { loadBalancersOf } from './usage.ts';
import { localTags, showListener, showLoadBalancer, showRule, showRules, showTargetGroup } from './views.ts';

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/ */
export function createApi(scene: Scene): Api {
  return {
    service: 'elasticloadbalancing',
    protocol: 'query',
    xmlns: 'http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/',
    operations: { ...describing(scene), ...changing(scene) },
  };
}

function describing(scene: Scene): Record<string, Operation> {
  const { tables } = scene;
  return {
    DescribeLoadBalancers: input => {
      const arns = readStrings(input.LoadBalancerArns, 'LoadBalancerArns');
      const names = readStrings(input.Names, 'Names');
      const found =
        arns.length > 0 ? arns.map(arn => requireLoadBalancer(scene, arn)) : tables.loadBalancers.values();
      return {
        LoadBalancers: byName(found, names, 'LoadBalancerNotFound', 'Load balancers').map(showLoadBalancer),
      };
    },
    DescribeListeners: input => {
      const arns = readStrings(input.ListenerArns, 'ListenerArns');
      const found =
        arns.length > 0
          ? arns.map(arn => requireListener(scene, arn))
          : listenersOf(
              tables,
              requireLoadBalancer(scene, readString(input.LoadBalancerArn, 'LoadBalancerArn')).arn,
            );
      return { Listeners: found.map(showListener) };
    },
    DescribeRules: input => {
      const arns = readStrings(input.RuleArns, 'RuleArns');
      if (arns.length > 0) return { Rules: arns.map(arn => showRule(requireRule(scene, arn))) };
      return {
        Rules: showRules(scene, requireListener(scene, readString(input.ListenerArn, 'ListenerArn'))),
      };
    },
    DescribeTargetGroups: input => {
      const arns = readStrings(input.TargetGroupArns, 'TargetGroupArns');
      const names = readStrings(input.Names, 'Names');
      const all =
        arns.length > 0 ? arns.map(arn => requireTargetGroup(scene, arn)) : tables.targetGroups.values();
      const found = byName(all, names, 'TargetGroupNotFound', 'Target groups').filter(
        group => !input.LoadBalancerArn || loadBalancersOf(tables, group.arn).includes(input.LoadBalancerArn),
      );
      return { TargetGroups: found.map(group => showTargetGroup(scene, group)) };
    },
    DescribeTargetHealth: input => {
      const { arn } = requireTargetGroup(scene, readString(input.TargetGroupArn, 'TargetGroupArn'));
      return { TargetHealthDescriptions: showHealth(scene, arn, readTargets(scene, arn, input.Targets)) };
    },
    DescribeTags: input => {
      const arns = readStrings(input.ResourceArns, 'ResourceArns');
      return {
        TagDescriptions: arns.map(ResourceArn => ({ ResourceArn, Tags: tagsOf(scene, ResourceArn) })),
      };
    },
    DescribeLoadBalancerAttributes: input => ({
      Attributes: showPairs(
        requireLoadBalancer(scene, readString(input.LoadBalancerArn, 'LoadBalancerArn')).attributes,
      ),
    }),
    DescribeTargetGroupAttributes: input => ({
      Attributes: showPairs(
        requireTargetGroup(scene, readString(input.TargetGroupArn, 'TargetGroupArn')).attributes,
      ),
    }),
  };
}

function changing(scene: Scene): Record<string, Operation> {
  const { store } = scene.context;
  const eachTarget = (
    input: Record<string, unknown>,
    change: (arn: string, target: Address) => void,
  ): object => {
    const { arn } = requireTargetGroup(scene, readString(input.TargetGroupArn, 'TargetGroupArn'));
    const targets = readTargets(scene, arn, input.Targets);
    store.transaction(() => {
      for (const target of targets) change(arn, target);
    });
    return {};
  };
  return {
    RegisterTargets: input => eachTarget(input, (arn, target) => registerTarget(scene, arn, target)),
    DeregisterTargets: input => eachTarget(input, (arn, target) => deregisterTarget(scene, arn, target)),
    ModifyListener: async input => {
      const arn = readString(input.ListenerArn, 'ListenerArn');
      const row = modifyListener(scene, arn, {
        ...(input.Port ? { port: readInteger(input.Port, 'Port', [1, 65_535]) } : {}),
        ...(input.DefaultActions
          ? { defaultActions: readActions(input.DefaultActions, 'DefaultActions') }
          : {}),
      });
      await scene.publisher.settled();
      return { Listeners: [showListener(row)] };
    },
    ModifyRule: async input => {
      const row = modifyRule(scene, readString(input.RuleArn, 'RuleArn'), {
        ...(input.Conditions ? { conditions: readConditions(input.Conditions) } : {}),
        ...(input.Actions ? { actions: readActions(input.Actions, 'Actions') } : {}),
      });
      await scene.publisher.settled();
      return { Rules: [showRule(row)] };
    },
    ModifyLoadBalancerAttributes: async input => {
      const arn = readString(input.LoadBalancerArn, 'LoadBalancerArn');
      const row = modifyLoadBalancer(scene, arn, readPairs(input.Attributes, 'Attributes'));
      await scene.publisher.settled();
      return { Attributes: showPairs(row.attributes) };
    },
  };
}

function byName<T extends { name: string }>(rows: T[], names: string[], code: string, what: string): T[] {
  if (names.length === 0) return rows;
  const missing = names.filter(name => !rows.some(row => row.name === name));
  if (missing.length > 0) throw new AwsError(code, `${what} '[${missing.join(', ')}]' not found`);
  return rows.filter(row => names.includes(row.name));
}

/** `[{ Id, Port }]`; without a port the group's own counts. */
function readTargets(scene: Scene, targetGroupArn: string, value: unknown): Address[] {
  const { port } = requireTargetGroup(scene, targetGroupArn);
  return readList(value, 'Targets').map(each => {
    const target = readObject(each, 'Targets');
    return {
      address: readString(target.Id, 'Id'),
      port: readInteger(target.Port, 'Port', [1, 65_535], port),
    };
  });
}

function showHealth({ tables }: Scene, targetGroupArn: string, asked: Address[]): object[] {
  const known = targetHealth(tables, targetGroupArn);
  const find = ({ address, port }: Address) =>
    known.find(each => each.address === address && each.port === port) ?? {
      address,
      port,
      state: 'unused' as const,
      reason: 'Target.NotRegistered',
      description: 'Target is not registered to the target group',
    };
  return (asked.length > 0 ? asked.map(find) : known).map(
    ({ address, port, state, reason, description }) => ({
      Target: { Id: address, Port: port },
      HealthCheckPort: String(port),
      TargetHealth: { State: state, Reason: reason, Description: description },
    }),
  );
}

function tagsOf(scene: Scene, arn: string): { Key: string; Value: string }[] {
  const { loadBalancers, listeners, rules, targetGroups } = scene.tables;
  const row: Owned | undefined =
    loadBalancers.get(arn) ?? listeners.get(arn) ?? rules.get(arn) ?? targetGroups.get(arn);
  if (!row) throw new AwsError('LoadBalancerNotFound', `Resource '${arn}' not found`);
  return showPairs({ ...row.tags, ...localTags(scene, arn) });
}
