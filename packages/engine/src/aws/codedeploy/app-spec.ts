import { parse } from 'yaml';
import { AwsError } from '../../core/errors.ts';

/** What a deployment takes from an AppSpec for ECS. */
export interface AppSpec {
  taskDefinition: string;
  containerName: string;
  containerPort: number;
  platformVersion?: string;
  capacityProviderStrategy?: { capacityProvider: string; base?: number; weight?: number }[];
  /** The Lambda function of each lifecycle event that has one. */
  hooks: Record<string, string>;
}

const HOOKS = [
  'BeforeInstall',
  'AfterInstall',
  'AfterAllowTestTraffic',
  'BeforeAllowTraffic',
  'AfterAllowTraffic',
];
const MAX_CHARACTERS = 51_200;

/**
 * Reads an AppSpec for ECS, YAML or JSON. Throws InvalidRevisionException with a sentence that says what is wrong.
 * https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-resources.html
 */
export function readAppSpec(content: string): AppSpec {
  if (content.length > MAX_CHARACTERS) throw invalid(`it is larger than ${MAX_CHARACTERS} characters`);
  const spec = lowerKeys(parseContent(content));
  if (String(spec.version) !== '0' && spec.version !== '0.0') throw invalid('its version must be 0.0');
  const resources = spec.resources;
  if (!Array.isArray(resources) || resources.length !== 1)
    throw invalid('it must have exactly one resource, a TargetService');
  const service = record(Object.values(record(resources[0], 'its resource'))[0], 'its resource');
  if (service.type !== 'AWS::ECS::Service')
    throw invalid('the type of its resource must be AWS::ECS::Service');
  const properties = record(service.properties, 'Properties');
  const balancer = record(properties.loadbalancerinfo, 'LoadBalancerInfo');
  const port = Number(balancer.containerport);
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw invalid('LoadBalancerInfo.ContainerPort must be a port');
  return {
    taskDefinition: text(properties.taskdefinition, 'TaskDefinition'),
    containerName: text(balancer.containername, 'LoadBalancerInfo.ContainerName'),
    containerPort: port,
    ...(properties.platformversion !== undefined && {
      platformVersion: text(properties.platformversion, 'PlatformVersion'),
    }),
    ...(properties.capacityproviderstrategy !== undefined && {
      capacityProviderStrategy: readStrategy(properties.capacityproviderstrategy),
    }),
    hooks: readHooks(spec.hooks),
  };
}

function readStrategy(value: unknown): NonNullable<AppSpec['capacityProviderStrategy']> {
  if (!Array.isArray(value)) throw invalid('CapacityProviderStrategy must be a list');
  return value.map(each => {
    const item = record(each, 'a member of CapacityProviderStrategy');
    return {
      capacityProvider: text(item.capacityprovider, 'CapacityProvider'),
      ...(item.base !== undefined && { base: Number(item.base) }),
      ...(item.weight !== undefined && { weight: Number(item.weight) }),
    };
  });
}

function readHooks(value: unknown): Record<string, string> {
  if (value === undefined || value === null) return {};
  if (!Array.isArray(value)) throw invalid('Hooks must be a list');
  const hooks = value.flatMap(each => Object.entries(record(each, 'a hook')));
  return Object.fromEntries(
    hooks.map(([key, target]) => {
      const name = HOOKS.find(hook => hook.toLowerCase() === key);
      if (!name) throw invalid(`'${key}' is no lifecycle event with a hook; these are: ${HOOKS.join(', ')}`);
      return [name, text(target, name)];
    }),
  );
}

function parseContent(content: string): unknown {
  try {
    return content.trimStart().startsWith('{')
      ? JSON.parse(content)
      : parse(content, { logLevel: 'error', maxAliasCount: 0 });
  } catch (error) {
    throw invalid(`it is neither YAML nor JSON: ${(error as Error).message}`);
  }
}

/** Keys are taken in any case: AWS's own examples write both `Resources` and `resources`. */
// biome-ignore lint/suspicious/noExplicitAny: parsed text; each member is checked where it is taken
function lowerKeys(value: unknown): Record<string, any> {
  // biome-ignore lint/suspicious/noExplicitAny: as above
  const lower = (each: unknown): any => {
    if (Array.isArray(each)) return each.map(lower);
    if (typeof each !== 'object' || each === null) return each;
    return Object.fromEntries(
      Object.entries(each).map(([key, member]) => [key.toLowerCase(), lower(member)]),
    );
  };
  return record(lower(value), 'it');
}

// biome-ignore lint/suspicious/noExplicitAny: parsed text; each member is checked where it is taken
function record(value: unknown, what: string): Record<string, any> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalid(`${what} must be an object`);
  return value;
}

function text(value: unknown, what: string): string {
  if (typeof value !== 'string' || value === '') throw invalid(`${what} must be a string`);
  return value;
}

function invalid(why: string): AwsError {
  return new AwsError('InvalidRevisionException', `The AppSpec is not valid: ${why}`);
}
