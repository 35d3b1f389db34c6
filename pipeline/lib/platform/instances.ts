import type { Ec2 } from '@slipway/contract';
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Fn, Tags } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { instancePermissions } from '../roles/instance-permissions.ts';
import { createRole } from '../roles/role.ts';
import { tagsOf } from '../tags.ts';
import type { CapacityProps } from './capacity.ts';

export interface InstancesProps extends CapacityProps {
  readonly capacity: Ec2;
  readonly cluster: ecs.CfnCluster;
}

/**
 * Instances of one's own behind a capacity provider: ECS adds some while tasks have no room, and takes empty ones away.
 *
 * How many tasks an instance carries is a matter of its network interfaces before it is one of its size: each task
 * takes one, the instance keeps one for itself (a t4g.small has three).
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-networking-awsvpc.html
 */
export function addInstances(scope: Construct, props: InstancesProps): ecs.CfnCapacityProvider {
  const { names, environment, capacity, cluster, vpc } = props;
  const name = names.instances(environment.name);
  const template = addLaunchTemplate(scope, name, props);
  const group = new autoscaling.CfnAutoScalingGroup(scope, 'Instances', {
    autoScalingGroupName: name,
    minSize: String(capacity.count),
    maxSize: String(capacity.max),
    vpcZoneIdentifier: (capacity.public ? vpc.publicSubnets : vpc.privateSubnets).map(
      ({ subnetId }) => subnetId,
    ),
    launchTemplate: { launchTemplateId: template.ref, version: template.attrLatestVersionNumber },
    newInstancesProtectedFromScaleIn: environment.protect,
    ...(capacity.market === 'spot' && { capacityRebalance: true }),
  });
  Tags.of(group).add('Name', name);
  // ECS puts this tag on the group of a provider; without it here, CloudFormation would take it off again.
  Tags.of(group).add('AmazonECSManaged', '');
  group.addResourceDependency(cluster);
  return new ecs.CfnCapacityProvider(scope, 'CapacityProvider', {
    name,
    autoScalingGroupProvider: {
      autoScalingGroupArn: group.ref,
      managedScaling: { status: 'ENABLED', targetCapacity: 100, minimumScalingStepSize: 1 },
      // An instance that is to go first gets rid of its tasks.
      managedDraining: 'ENABLED',
      // Keeps an instance with tasks from being chosen at all; such a group cannot be deleted before somebody lifts the
      // protection of its instances: https://github.com/aws/containers-roadmap/issues/2862
      managedTerminationProtection: environment.protect ? 'ENABLED' : 'DISABLED',
    },
  });
}

/** Amazon Linux 2023 as ECS offers it, in its newest version whenever an instance starts; a shell through Session Manager. */
function addLaunchTemplate(scope: Construct, name: string, props: InstancesProps): ec2.CfnLaunchTemplate {
  const { names, environment, capacity, vpc } = props;
  const securityGroup = new ec2.SecurityGroup(scope, 'InstanceSecurityGroup', {
    ...{ vpc, description: 'Instances that tasks run on; tasks have groups of their own' },
    allowAllOutbound: false,
  });
  securityGroup.addEgressRule(ec2.Peer.anyIpv4(), ec2.Port.tcp(443), 'AWS');
  const role = createRole(scope, 'InstanceRole', {
    name,
    description: `Lets instances of ${environment.name} join their cluster and be reached by Session Manager`,
    assumedBy: 'ec2.amazonaws.com',
    permissions: instancePermissions(names, environment.name),
  });
  const profile = new iam.CfnInstanceProfile(scope, 'InstanceProfile', {
    ...{ instanceProfileName: name, roles: [role.roleName] },
  });
  profile.node.addDependency(role);
  const tags = Object.entries({ Name: name, ...tagsOf(props.tags) }).map(([key, value]) => ({ key, value }));
  return new ec2.CfnLaunchTemplate(scope, 'InstanceTemplate', {
    launchTemplateName: name,
    launchTemplateData: {
      imageId: `resolve:ssm:${imageParameter(props.architecture)}`,
      instanceType: capacity.instanceType,
      iamInstanceProfile: { arn: profile.attrArn },
      securityGroupIds: [securityGroup.securityGroupId],
      // Only over a session, and not from a container: a hop more is what a container is away.
      metadataOptions: { httpTokens: 'required', httpPutResponseHopLimit: 1, httpEndpoint: 'enabled' },
      blockDeviceMappings: [
        {
          deviceName: '/dev/xvda',
          ebs: {
            volumeType: 'gp3',
            volumeSize: capacity.diskGiB,
            encrypted: true,
            deleteOnTermination: true,
          },
        },
      ],
      ...(capacity.market === 'spot' && { instanceMarketOptions: { marketType: 'spot' } }),
      tagSpecifications: ['instance', 'volume'].map(resourceType => ({ resourceType, tags })),
      userData: Fn.base64(agentConfiguration(names.cluster(environment.name))),
    },
  });
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/retrieve-ecs-optimized_AMI.html */
export function imageParameter(architecture: string): string {
  const system = `amazon-linux-2023${architecture === 'ARM64' ? '/arm64' : ''}`;
  return `/aws/service/ecs/optimized-ami/${system}/recommended/image_id`;
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-agent-config.html */
function agentConfiguration(cluster: string): string {
  return [
    '#!/bin/bash',
    "cat >>/etc/ecs/ecs.config <<'END'",
    `ECS_CLUSTER=${cluster}`,
    'ECS_AWSVPC_BLOCK_IMDS=true',
    'ECS_ENABLE_SPOT_INSTANCE_DRAINING=true',
    'END',
    '',
  ].join('\n');
}
