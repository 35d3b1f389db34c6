import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type {
  Properties,
  ResourceHandler,
  ResourceHandlers,
  ResourceRequest,
  ResourceResult,
} from '../../core/resource.ts';
import type { Table } from '../../core/store.ts';
import { readList, readObject, readPairs, readString } from './input.ts';
import { createListener, deleteListener, modifyListener, readListener } from './listener.ts';
import { createLoadBalancer, deleteLoadBalancer, fullName, readLoadBalancer } from './load-balancer.ts';
import type { Listener, LoadBalancer, Owned, Rule, TargetGroup } from './rows.ts';
import { createRule, deleteRule, modifyRule, readRule } from './rule.ts';
import type { Scene } from './scene.ts';
import { type Address, deregisterTarget, registerTarget } from './target.ts';
import {
  createTargetGroup,
  deleteTargetGroup,
  readTargetGroup,
  targetGroupFullName,
} from './target-group.ts';
import { loadBalancersOf } from './usage.ts';

/** Each resolves when the balancer follows the change. */
export function createResources(scene: Scene): ResourceHandlers {
  return {
    'AWS::ElasticLoadBalancingV2::LoadBalancer': loadBalancers(scene),
    'AWS::ElasticLoadBalancingV2::Listener': listeners(scene),
    'AWS::ElasticLoadBalancingV2::ListenerRule': rules(scene),
    'AWS::ElasticLoadBalancingV2::TargetGroup': targetGroups(scene),
  };
}

function loadBalancers(scene: Scene): ResourceHandler {
  const { loadBalancers: table } = scene.tables;
  const create = async (request: ResourceRequest): Promise<ResourceResult> => {
    const wanted = readLoadBalancer(request.properties, generatedName(request));
    return showLoadBalancer(once(table, request, owned => createLoadBalancer(scene, wanted, owned)));
  };
  return {
    create,
    update: async request => {
      const row = table.get(request.physicalId);
      if (!row || differs(request, ['Name', 'Type', 'Scheme'])) return create(request);
      const wanted = { ...readLoadBalancer(request.properties, row.name), name: row.name };
      const next: LoadBalancer = { ...row, ...wanted, tags: tagsOf(request) };
      table.put(row.arn, next);
      scene.publisher.changed();
      await scene.publisher.settled();
      return showLoadBalancer(next);
    },
    delete: async ({ physicalId }) => {
      deleteLoadBalancer(scene, physicalId);
      await scene.publisher.settled();
    },
  };
}

function listeners(scene: Scene): ResourceHandler {
  const { listeners: table, localPorts } = scene.tables;
  const opened = async (row: Listener): Promise<ResourceResult> => {
    await scene.publisher.settled();
    const local = localPorts.get(row.arn);
    if (local && !local.listening) throw new Error(local.message);
    return { physicalId: row.arn, attributes: { ListenerArn: row.arn } };
  };
  const create = async (request: ResourceRequest): Promise<ResourceResult> => {
    const wanted = readListener(scene, request.properties);
    const row = once(table, request, owned => createListener(scene, wanted, owned));
    return opened(row).catch(error => {
      deleteListener(scene, row.arn);
      throw error;
    });
  };
  return {
    create,
    update: async request => {
      if (!table.get(request.physicalId) || differs(request, ['LoadBalancerArn'])) return create(request);
      const { port, defaultActions } = readListener(scene, request.properties);
      table.update(request.physicalId, row => ({ ...row, tags: tagsOf(request) }));
      const isModified = differs(request, [
        'DefaultActions',
        'Port',
        'Protocol',
        'Certificates',
        'SslPolicy',
      ]);
      if (isModified) modifyListener(scene, request.physicalId, { port, defaultActions });
      return opened(table.get(request.physicalId)!);
    },
    delete: async ({ physicalId }) => {
      deleteListener(scene, physicalId);
      await scene.publisher.settled();
    },
    notCarriedOut: ({ Protocol }) => (Protocol === 'HTTPS' ? ['TLS: what is here answers over HTTP'] : []),
  };
}

/**
 * A change of actions or conditions is one ModifyRule with both, as AWS makes it: whoever had shifted traffic since,
 * loses it. Tags and priority have calls of their own and leave the live weights alone.
 */
function rules(scene: Scene): ResourceHandler {
  const { rules: table } = scene.tables;
  const show = async (row: Rule): Promise<ResourceResult> => {
    await scene.publisher.settled();
    return { physicalId: row.arn, attributes: { RuleArn: row.arn, IsDefault: false } };
  };
  const create = async (request: ResourceRequest): Promise<ResourceResult> => {
    const wanted = readRule(request.properties);
    return show(once(table, request, owned => createRule(scene, wanted, owned)));
  };
  return {
    create,
    update: async request => {
      const { physicalId } = request;
      if (!table.get(physicalId) || differs(request, ['ListenerArn'])) return create(request);
      const { priority, conditions, actions } = readRule(request.properties);
      table.update(physicalId, row => ({ ...row, tags: tagsOf(request) }));
      if (differs(request, ['Priority'])) modifyRule(scene, physicalId, { priority });
      if (differs(request, ['Actions', 'Conditions'])) modifyRule(scene, physicalId, { conditions, actions });
      return show(table.get(physicalId)!);
    },
    delete: async ({ physicalId }) => {
      deleteRule(scene, physicalId);
      await scene.publisher.settled();
    },
  };
}

function targetGroups(scene: Scene): ResourceHandler {
  const { targetGroups: table } = scene.tables;
  const show = async (row: TargetGroup): Promise<ResourceResult> => {
    await scene.publisher.settled();
    return {
      physicalId: row.arn,
      attributes: {
        TargetGroupArn: row.arn,
        TargetGroupName: row.name,
        TargetGroupFullName: targetGroupFullName(row.arn),
        LoadBalancerArns: loadBalancersOf(scene.tables, row.arn),
      },
    };
  };
  const create = async (request: ResourceRequest): Promise<ResourceResult> => {
    const wanted = readTargetGroup(request.properties, generatedName(request));
    const row = once(table, request, owned => createTargetGroup(scene, wanted, owned));
    for (const target of targetsIn(request.properties)) registerTarget(scene, row.arn, target);
    return show(row);
  };
  return {
    create,
    update: async request => {
      const row = table.get(request.physicalId);
      const fixed = ['Name', 'Port', 'Protocol', 'ProtocolVersion', 'TargetType', 'VpcId'];
      if (!row || differs(request, fixed)) return create(request);
      const { health, attributes } = readTargetGroup(request.properties, row.name);
      table.put(row.arn, { ...row, health, attributes, tags: tagsOf(request) });
      const wanted = targetsIn(request.properties);
      for (const target of targetsIn(request.previous))
        if (!wanted.some(each => isDeepStrictEqual(each, target))) deregisterTarget(scene, row.arn, target);
      for (const target of wanted) registerTarget(scene, row.arn, target);
      scene.publisher.changed();
      return show(table.get(row.arn)!);
    },
    delete: async ({ physicalId }) => {
      deleteTargetGroup(scene, physicalId);
      await scene.publisher.settled();
    },
  };
}

function showLoadBalancer(row: LoadBalancer): ResourceResult {
  return {
    physicalId: row.arn,
    attributes: {
      LoadBalancerArn: row.arn,
      LoadBalancerName: row.name,
      LoadBalancerFullName: fullName(row.arn),
      DNSName: row.dnsName,
      CanonicalHostedZoneID: row.hostedZoneId,
      SecurityGroups: row.securityGroups,
    },
  };
}

/** The row that an earlier attempt at the same operation made, or a new one. */
function once<T extends Owned>(
  table: Table<T>,
  request: ResourceRequest,
  make: (owned: { tags: Record<string, string>; token: string }) => T,
): T {
  const { token } = request;
  return table.values().find(row => row.token === token) ?? make({ tags: tagsOf(request), token });
}

function tagsOf({ stack, logicalId, properties }: ResourceRequest): Record<string, string> {
  return {
    ...stack.tags,
    ...readPairs(properties.Tags, 'Tags'),
    'aws:cloudformation:stack-name': stack.name,
    'aws:cloudformation:stack-id': stack.id,
    'aws:cloudformation:logical-id': logicalId,
  };
}

/** A name as CloudFormation makes one for a resource that has none. */
function generatedName({ stack, logicalId, token }: ResourceRequest): string {
  const hash = createHash('sha256').update(token).digest('hex').slice(0, 12);
  return `${stack.name.slice(0, 10)}-${logicalId.slice(0, 8)}-${hash}`.replace(/-+/g, '-');
}

function differs(request: { properties: Properties; previous: Properties }, names: string[]): boolean {
  return names.some(name => !isDeepStrictEqual(request.properties[name], request.previous[name]));
}

function targetsIn(properties: Properties): Address[] {
  return readList(properties.Targets, 'Targets').map(each => {
    const target = readObject(each, 'Targets');
    return {
      address: readString(target.Id, 'Id'),
      port: Number(target.Port ?? properties.Port),
    };
  });
}
