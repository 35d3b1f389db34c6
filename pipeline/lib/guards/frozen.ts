import { find, type Properties, type SynthesizedStack, type Template } from './synthesized.ts';

/** The frozen properties of a stack, as `Blue.Port`, with their values in one canonical form. */
export type Shape = Readonly<Record<string, unknown>>;

/**
 * UpdateService of a service that CodeDeploy controls takes the desired count, deployment configuration, grace period,
 * placement and tag options, and refuses all else.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html
 */
const CODEDEPLOY_SERVICE = [
  ...['DeploymentController', 'Cluster', 'ServiceName', 'SchedulingStrategy', 'TaskDefinition', 'LaunchType'],
  ...['CapacityProviderStrategy', 'PlatformVersion', 'NetworkConfiguration', 'LoadBalancers'],
  'ServiceRegistries',
];
/**
 * What CloudFormation can only change by making the service anew, beside the old one of the same name; and the controller,
 * which it changes in place, but with conditions: see `isMove`.
 */
const ECS_SERVICE = ['DeploymentController', 'Cluster', 'ServiceName', 'SchedulingStrategy', 'LaunchType'];
/** Replacement of a group that is in use, and whose name is taken. */
const TARGET_GROUP = ['Name', 'Port', 'Protocol', 'ProtocolVersion', 'TargetType', 'VpcId', 'IpAddressType'];
/**
 * All of a rule: CloudFormation changes it with its actions as the template has them, and live traffic goes back to where
 * it was when the service was made. Whether a change of the priority or of tags alone does so is unconfirmed.
 */
const RULE = ['ListenerArn', 'Priority', 'Conditions', 'Actions', 'Transforms', 'Tags'];
/** Another group of tasks would be part of the service's network configuration. */
const SECURITY_GROUP = ['GroupName', 'GroupDescription', 'VpcId'];

/** What an update of this template's stack must leave as it is; nothing where no service runs. */
export function frozenShape(template: Template): Shape {
  return Object.fromEntries(
    frozenResources(template).flatMap(({ logicalId, properties, frozen }) =>
      frozen
        .filter(property => properties[property] !== undefined)
        .map(property => [`${logicalId}.${property}`, canonical(properties[property])]),
    ),
  );
}

/** The value of a frozen property in a template; undefined when it, or its resource, is not there. */
export function valueIn(template: Template, key: string): unknown {
  const dot = key.lastIndexOf('.');
  const value = template.Resources[key.slice(0, dot)]?.Properties?.[key.slice(dot + 1)];
  return value === undefined ? undefined : canonical(value);
}

function frozenResources(template: Template) {
  const stack = { template } as SynthesizedStack;
  const all = (type: string, frozen: readonly string[]) =>
    find({ stacks: [stack] }, type).map(each => ({ ...each, frozen }));
  const services = all('AWS::ECS::Service', ECS_SERVICE).map(service =>
    isCodeDeploys(service.properties) ? { ...service, frozen: CODEDEPLOY_SERVICE } : service,
  );
  if (services.length === 0) return [];
  return [
    ...services,
    ...all('AWS::ElasticLoadBalancingV2::TargetGroup', TARGET_GROUP),
    ...(services.some(({ properties }) => isCodeDeploys(properties) || isShifted(properties))
      ? all('AWS::ElasticLoadBalancingV2::ListenerRule', RULE)
      : []),
    ...(services.some(({ properties }) => isCodeDeploys(properties))
      ? all('AWS::EC2::SecurityGroup', SECURITY_GROUP)
      : []),
  ];
}

/** A rolling deployment replaces tasks behind one target group and touches no rule. */
function isShifted({ DeploymentConfiguration }: Properties): boolean {
  return ['BLUE_GREEN', 'CANARY', 'LINEAR'].includes(DeploymentConfiguration?.Strategy);
}

function isCodeDeploys({ DeploymentController }: Properties): boolean {
  return DeploymentController?.Type === 'CODE_DEPLOY';
}

/**
 * Keys in the order of the alphabet, and references as short texts: a parameter holds 4 kB. Not in the form of Fn::Sub,
 * which a validator takes for one that was forgotten.
 */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value);
  const [[key, inner] = ['', undefined]] = entries;
  if (entries.length === 1 && key === 'Ref') return `<${inner}>`;
  if (entries.length === 1 && key === 'Fn::GetAtt') return `<${[inner].flat().join('.')}>`;
  if (entries.length === 1 && key === 'Fn::ImportValue') return `<${canonical(inner)}>`;
  return Object.fromEntries(
    entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, each]) => [name, canonical(each)]),
  );
}
