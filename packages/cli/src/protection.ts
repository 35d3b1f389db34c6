import { CloudFormationClient, GetTemplateCommand } from '@aws-sdk/client-cloudformation';
import { stackResources } from './stack.ts';
import type { Target } from './target.ts';

/** A part of a stack that refuses its deletion, as `protect: true` of an environment asks. */
export interface Protection {
  kind: 'balancer' | 'table' | 'instances';
  /** As people know it. */
  name: string;
  /** As AWS's API knows it. */
  id: string;
}

/** What refuses its deletion in a stack, asked of each part itself. */
export async function protectionsOf(target: Target, stack: string): Promise<Protection[]> {
  const resources = await stackResources(target, stack);
  const found = await Promise.all(
    resources.map(
      async ({ ResourceType = '', PhysicalResourceId: id, ResourceStatus, LogicalResourceId }) => {
        const look = Object.hasOwn(LOOKS, ResourceType) ? LOOKS[ResourceType] : undefined;
        if (!id || !look || ResourceStatus === 'DELETE_COMPLETE') return [];
        return (await look(target, id, { stack, logicalId: LogicalResourceId ?? '' })) ?? [];
      },
    ),
  );
  return found.flat();
}

type Look = (
  target: Target,
  id: string,
  part: { stack: string; logicalId: string },
) => Promise<Protection | undefined>;

const LOOKS: Record<string, Look> = {
  'AWS::ElasticLoadBalancingV2::LoadBalancer': async (target, id) => {
    const { DescribeLoadBalancerAttributesCommand, ElasticLoadBalancingV2Client } = await elb();
    const client = new ElasticLoadBalancingV2Client(target);
    const answer = await client
      .send(new DescribeLoadBalancerAttributesCommand({ LoadBalancerArn: id }))
      .catch(ifGone('LoadBalancerNotFoundException'));
    const isOn = answer?.Attributes?.some(
      ({ Key, Value }) => Key === BALANCER_PROTECTION && Value === 'true',
    );
    return isOn ? { kind: 'balancer', name: id.split('/').at(-2) ?? id, id } : undefined;
  },
  'AWS::DynamoDB::Table': async (target, id) =>
    (await isProtectedTable(target, id)) ? { kind: 'table', name: id, id } : undefined,
  // Its instances are asked for where the group goes; here, whether it protects them.
  'AWS::AutoScaling::AutoScalingGroup': async (target, id, { stack, logicalId }) =>
    (await protectsInstances(target, stack, logicalId)) ? { kind: 'instances', name: id, id } : undefined,
};

const BALANCER_PROTECTION = 'deletion_protection.enabled';
const elb = () => import('@aws-sdk/client-elastic-load-balancing-v2');

/** Whether a table refuses its deletion; one that is not there does not. */
export async function isProtectedTable(target: Target, TableName: string): Promise<boolean> {
  const { DescribeTableCommand, DynamoDBClient } = await import('@aws-sdk/client-dynamodb');
  const answer = await new DynamoDBClient(target)
    .send(new DescribeTableCommand({ TableName }))
    .catch(ifGone('ResourceNotFoundException'));
  return answer?.Table?.DeletionProtectionEnabled === true;
}

async function protectsInstances(target: Target, StackName: string, logicalId: string): Promise<boolean> {
  const { TemplateBody } = await new CloudFormationClient(target).send(new GetTemplateCommand({ StackName }));
  const { Resources } = JSON.parse(TemplateBody ?? '{}') as {
    Resources?: Record<string, { Properties?: { NewInstancesProtectedFromScaleIn?: unknown } }>;
  };
  return Resources?.[logicalId]?.Properties?.NewInstancesProtectedFromScaleIn === true;
}

/** Takes the protection off, but for instances: their group lets go of them, which `releaseCommand` tells. */
export async function lift(target: Target, { kind, id }: Protection): Promise<void> {
  if (kind === 'balancer') {
    const { ElasticLoadBalancingV2Client, ModifyLoadBalancerAttributesCommand } = await elb();
    const Attributes = [{ Key: BALANCER_PROTECTION, Value: 'false' }];
    const command = new ModifyLoadBalancerAttributesCommand({ LoadBalancerArn: id, Attributes });
    await new ElasticLoadBalancingV2Client(target).send(command);
  }
  if (kind === 'table') {
    const { DynamoDBClient, UpdateTableCommand } = await import('@aws-sdk/client-dynamodb');
    const command = new UpdateTableCommand({ TableName: id, DeletionProtectionEnabled: false });
    await new DynamoDBClient(target).send(command);
  }
}

/** How many instances a cluster of the stack has. */
export async function instancesOf(target: Target, stack: string): Promise<number> {
  const clusters = (await stackResources(target, stack)).flatMap(
    ({ ResourceType, PhysicalResourceId: id }) => (ResourceType === 'AWS::ECS::Cluster' && id ? [id] : []),
  );
  if (clusters.length === 0) return 0;
  const { DescribeClustersCommand, ECSClient } = await import('@aws-sdk/client-ecs');
  const answer = await new ECSClient(target).send(new DescribeClustersCommand({ clusters }));
  const counts = answer.clusters?.map(each => each.registeredContainerInstancesCount ?? 0) ?? [];
  return counts.reduce((sum, count) => sum + count, 0);
}

/**
 * How a person lets go of protected instances, since there is no client of Auto Scaling here: without this CloudFormation
 * waits in vain for them. https://github.com/aws/containers-roadmap/issues/2862
 */
export function releaseCommand(group: string, region: string): string {
  return `aws autoscaling delete-auto-scaling-group --force-delete --auto-scaling-group-name ${group} --region ${region}`;
}

function ifGone(name: string): (error: unknown) => undefined {
  return error => {
    if (error instanceof Error && error.name === name) return undefined;
    throw error;
  };
}
