import { arn } from '../../core/arn.ts';
import { AwsError } from '../../core/errors.ts';
import type { Properties } from '../../core/resource.ts';
import { invalid, readOneOf, readPairs, readString, readStrings } from './input.ts';
import { deleteListener } from './listener.ts';
import { type LoadBalancer, listenersOf } from './rows.ts';
import { requireLoadBalancer, type Scene } from './scene.ts';

/** https://docs.aws.amazon.com/general/latest/gr/elb.html */
const HOSTED_ZONES: Record<string, { application: string; network: string }> = {
  'ap-northeast-1': { application: 'Z14GRHDCWA56QT', network: 'Z31USIVHYNEOWT' },
  'ap-northeast-3': { application: 'Z5LXEXXYW11ES', network: 'Z1GWIQ4HH19I5X' },
  'ap-southeast-1': { application: 'Z1LMS91P8CMLE5', network: 'ZKVM4W9LS7TM' },
  'us-east-1': { application: 'Z35SXDOTRQ7X7K', network: 'Z26RNL4JYFTOTI' },
};

const DEFAULTS = {
  application: {
    'deletion_protection.enabled': 'false',
    'idle_timeout.timeout_seconds': '60',
    'routing.http2.enabled': 'true',
    'routing.http.drop_invalid_header_fields.enabled': 'false',
  },
  network: { 'deletion_protection.enabled': 'false', 'load_balancing.cross_zone.enabled': 'false' },
};

/** What a template or a request says of a load balancer. */
type Wanted = Pick<LoadBalancer, 'name' | 'type' | 'scheme' | 'subnets' | 'securityGroups' | 'attributes'>;

/** @throws {AwsError} ValidationError */
export function readLoadBalancer(properties: Properties, generatedName: string): Wanted {
  const type = readOneOf(properties.Type, 'Type', ['application', 'network'] as const, 'application');
  const name = readString(properties.Name, 'Name', generatedName);
  if (!/^[A-Za-z0-9](?:[A-Za-z0-9-]{0,30}[A-Za-z0-9])?$/.test(name) || name.startsWith('internal-'))
    throw invalid(`Load balancer name '${name}' must be 1 to 32 letters, digits and inner hyphens`);
  const mappings = (properties.SubnetMappings as { SubnetId?: string }[] | undefined) ?? [];
  return {
    name,
    type,
    scheme: readOneOf(
      properties.Scheme,
      'Scheme',
      ['internal', 'internet-facing'] as const,
      'internet-facing',
    ),
    subnets: [...readStrings(properties.Subnets, 'Subnets'), ...mappings.map(each => each.SubnetId ?? '')],
    securityGroups: readStrings(properties.SecurityGroups, 'SecurityGroups'),
    attributes: {
      ...DEFAULTS[type],
      ...readPairs(properties.LoadBalancerAttributes, 'LoadBalancerAttributes'),
    },
  };
}

/** Makes a load balancer. @throws {AwsError} DuplicateLoadBalancerName */
export function createLoadBalancer(
  { context, tables }: Scene,
  wanted: Wanted,
  owned: { tags: Record<string, string>; token: string },
): LoadBalancer {
  if (tables.loadBalancers.values().some(each => each.name === wanted.name))
    throw new AwsError(
      'DuplicateLoadBalancerName',
      `A load balancer with the name '${wanted.name}' already exists`,
    );
  const id = context.ids.hex(16);
  const kind = wanted.type === 'application' ? 'app' : 'net';
  const row: LoadBalancer = {
    ...wanted,
    ...owned,
    arn: arn('elasticloadbalancing', context, `loadbalancer/${kind}/${wanted.name}/${id}`),
    dnsName: dnsName(wanted, id, context.region),
    hostedZoneId: HOSTED_ZONES[context.region]?.[wanted.type] ?? 'Z00000000LOCAL',
    createdAt: context.clock.now(),
  };
  tables.loadBalancers.put(row.arn, row);
  return row;
}

/** Changes attributes of a load balancer; the others stay. @throws {AwsError} LoadBalancerNotFound */
export function modifyLoadBalancer(
  scene: Scene,
  loadBalancerArn: string,
  attributes: Record<string, string>,
): LoadBalancer {
  const row = requireLoadBalancer(scene, loadBalancerArn);
  const changed = { ...row, attributes: { ...row.attributes, ...attributes } };
  scene.tables.loadBalancers.put(row.arn, changed);
  scene.publisher.changed();
  return changed;
}

/** Removes a load balancer and, as AWS does, its listeners. Nothing happens when it is gone. */
export function deleteLoadBalancer(scene: Scene, loadBalancerArn: string): void {
  const row = scene.tables.loadBalancers.get(loadBalancerArn);
  if (!row) return;
  if (row.attributes['deletion_protection.enabled'] === 'true')
    throw new AwsError(
      'OperationNotPermitted',
      `Load balancer '${loadBalancerArn}' cannot be deleted because deletion protection is enabled`,
    );
  scene.context.store.transaction(() => {
    for (const listener of listenersOf(scene.tables, loadBalancerArn)) deleteListener(scene, listener.arn);
    scene.tables.loadBalancers.delete(loadBalancerArn);
  });
  scene.publisher.changed();
}

/** As AWS forms it. It resolves nowhere on a laptop; the tag `slipway:local` of the listener says where to go. */
function dnsName({ name, type, scheme }: Wanted, id: string, region: string): string {
  if (type === 'network') return `${name}-${id}.elb.${region}.amazonaws.com`;
  const number = Number.parseInt(id.slice(-8), 16);
  return `${scheme === 'internal' ? 'internal-' : ''}${name}-${number}.${region}.elb.amazonaws.com`;
}

/** `app/<name>/<id>`: how metrics name a load balancer. */
export function fullName(loadBalancerArn: string): string {
  return loadBalancerArn.slice(loadBalancerArn.indexOf(':loadbalancer/') + ':loadbalancer/'.length);
}
