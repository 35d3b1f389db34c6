import { arn } from '../../core/arn.ts';
import { AwsError } from '../../core/errors.ts';
import type { Properties } from '../../core/resource.ts';
import { invalid, readInteger, readObject, readOneOf, readPairs, readString } from './input.ts';
import { type HealthCheck, type TargetGroup, targetKey, targetsOf } from './rows.ts';
import type { Scene } from './scene.ts';
import { loadBalancersOf } from './usage.ts';

const DEFAULT_ATTRIBUTES = {
  'deregistration_delay.timeout_seconds': '300',
  'load_balancing.algorithm.type': 'round_robin',
  'stickiness.enabled': 'false',
};

type Wanted = Pick<
  TargetGroup,
  'name' | 'protocol' | 'port' | 'targetType' | 'vpcId' | 'health' | 'attributes'
>;

/** @throws {AwsError} ValidationError */
export function readTargetGroup(properties: Properties, generatedName: string): Wanted {
  const name = readString(properties.Name, 'Name', generatedName);
  if (!/^[A-Za-z0-9](?:[A-Za-z0-9-]{0,30}[A-Za-z0-9])?$/.test(name))
    throw invalid(`Target group name '${name}' must be 1 to 32 letters, digits and inner hyphens`);
  const protocol = readOneOf(properties.Protocol, 'Protocol', ['HTTP', 'TCP'] as const);
  const attributes = {
    ...DEFAULT_ATTRIBUTES,
    ...readPairs(properties.TargetGroupAttributes, 'TargetGroupAttributes'),
  };
  readInteger(
    attributes['deregistration_delay.timeout_seconds'],
    'deregistration_delay.timeout_seconds',
    [0, 3600],
  );
  return {
    name,
    protocol,
    port: readInteger(properties.Port, 'Port', [1, 65_535]),
    targetType: readOneOf(
      properties.TargetType,
      'TargetType',
      ['ip', 'instance', 'alb'] as const,
      'instance',
    ),
    vpcId: readString(properties.VpcId, 'VpcId', ''),
    health: readHealthCheck(properties, protocol),
    attributes,
  };
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html */
function readHealthCheck(properties: Properties, of: 'HTTP' | 'TCP'): HealthCheck {
  const protocol = readOneOf(
    properties.HealthCheckProtocol,
    'HealthCheckProtocol',
    ['HTTP', 'HTTPS', 'TCP'] as const,
    of,
  );
  const matcher = properties.Matcher === undefined ? {} : readObject(properties.Matcher, 'Matcher');
  const httpCode = readString(matcher.HttpCode, 'HttpCode', of === 'HTTP' ? '200' : '200-399');
  if (!/^\d{3}(-\d{3})?(,\s*\d{3}(-\d{3})?)*$/.test(httpCode))
    throw invalid(`HttpCode '${httpCode}' must be codes such as 200, 200,204 or 200-299`);
  const path = readString(properties.HealthCheckPath, 'HealthCheckPath', '/');
  if (!/^\/[!-~]*$/.test(path))
    throw invalid(`HealthCheckPath '${path}' must start with / and hold no spaces`);
  const port = readString(properties.HealthCheckPort, 'HealthCheckPort', 'traffic-port');
  if (port !== 'traffic-port') readInteger(port, 'HealthCheckPort', [1, 65_535]);
  return {
    protocol,
    port,
    path,
    intervalSeconds: readInteger(
      properties.HealthCheckIntervalSeconds,
      'HealthCheckIntervalSeconds',
      [5, 300],
      30,
    ),
    timeoutSeconds: readInteger(
      properties.HealthCheckTimeoutSeconds,
      'HealthCheckTimeoutSeconds',
      [2, 120],
      protocol !== 'TCP' && of === 'TCP' ? 6 : 5,
    ),
    healthyThreshold: readInteger(properties.HealthyThresholdCount, 'HealthyThresholdCount', [2, 10], 5),
    unhealthyThreshold: readInteger(
      properties.UnhealthyThresholdCount,
      'UnhealthyThresholdCount',
      [2, 10],
      2,
    ),
    matcher: httpCode,
  };
}

/** @throws {AwsError} DuplicateTargetGroupName */
export function createTargetGroup(
  { context, tables, publisher }: Scene,
  wanted: Wanted,
  owned: { tags: Record<string, string>; token: string },
): TargetGroup {
  if (tables.targetGroups.values().some(each => each.name === wanted.name))
    throw new AwsError(
      'DuplicateTargetGroupName',
      `A target group with the name '${wanted.name}' already exists`,
    );
  const id = context.ids.hex(16);
  const row: TargetGroup = {
    ...wanted,
    ...owned,
    arn: arn('elasticloadbalancing', context, `targetgroup/${wanted.name}/${id}`),
  };
  tables.targetGroups.put(row.arn, row);
  publisher.changed();
  return row;
}

/** Removes a group that no listener uses, with its targets. @throws {AwsError} ResourceInUse */
export function deleteTargetGroup({ context, tables, publisher }: Scene, targetGroupArn: string): void {
  if (loadBalancersOf(tables, targetGroupArn).length > 0)
    throw new AwsError(
      'ResourceInUse',
      `Target group '${targetGroupArn}' is currently in use by a listener or a rule`,
    );
  context.store.transaction(() => {
    for (const target of targetsOf(tables, targetGroupArn))
      tables.targets.delete(targetKey(targetGroupArn, target));
    tables.targetGroups.delete(targetGroupArn);
  });
  publisher.changed();
}

/** `targetgroup/<name>/<id>`: how metrics name a target group. */
export function targetGroupFullName(targetGroupArn: string): string {
  return targetGroupArn.slice(targetGroupArn.lastIndexOf(':') + 1);
}
