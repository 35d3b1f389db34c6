import type { Environments } from '@slipway/contract';
import type { Names } from '../names.ts';
import { type Grant, grant } from './grant.ts';
import { passRole } from './permissions.ts';

type Place = Environments['environments'][number];

/**
 * What CloudFormation needs for the parts of places that not every place has: names, certificates, instances, topics,
 * alarms, access logs, flow logs. It keeps them when the last place drops such a part: a role that could not take away
 * what it made would leave it behind.
 */
export function placeGrants(names: Names, places: readonly Place[]): Grant[] {
  const { prefix, arn } = names;
  const ours = {
    because: `below the platform's own prefix, ${prefix}, in every place that there is or will be`,
  };
  const tagged = {
    because: 'has an id and no name; what takes away or loosens needs the tag of this repository on it',
    removeOnlyIf: { StringEquals: { 'aws:ResourceTag/slipway:repository': names.repository } },
  };
  return [
    ...nameGrants(names, places),
    grant('AWS::CertificateManager::Certificate', [arn('acm', 'certificate/*')], {
      because: 'a certificate has an id and no name',
    }),
    ...instanceGrants(names),
    grant('AWS::EC2::FlowLog', [arn('ec2', '*')], tagged),
    grant('AWS::CloudWatch::Alarm', [arn('cloudwatch', `alarm:${prefix}-*`)], ours),
    keyGrant(names),
    {
      types: [],
      permissions: [
        {
          ...passRole([names.roleArn(`${prefix}-*-flow-log`)], ['vpc-flow-logs.amazonaws.com']),
          because: 'the roles of this kind of all places',
        },
      ],
    },
    ...places
      .filter(({ protect }) => protect)
      .flatMap(place => {
        const bucket = [names.bucketArn(names.at(place).accessLogBucket(place.name))];
        return [grant('AWS::S3::Bucket', bucket), grant('AWS::S3::BucketPolicy', bucket)];
      }),
  ];
}

/** Records of exactly the names of the places, in whatever zone: a private zone's id is not known beforehand. */
function nameGrants(names: Names, places: readonly Place[]): Grant[] {
  const domains = places.flatMap(({ domain }) => (domain ? [domain.name] : []));
  const zones = [`arn:${names.partition}:route53:::hostedzone/*`];
  const because =
    "a private zone's id is not known beforehand, and a public one may be any that the account has";
  return [
    grant('AWS::Route53::HostedZone', zones, { because }),
    {
      types: ['AWS::Route53::RecordSet'], // unconfirmed: it publishes no handlers
      permissions: [
        {
          actions: ['route53:ChangeResourceRecordSets'],
          resources: zones,
          conditions: {
            'ForAllValues:StringLike': {
              'route53:ChangeResourceRecordSetsNormalizedRecordNames': [
                ...places.map(({ name }) => names.internalZone(name)),
                ...new Set(domains.flatMap(domain => [domain, `_*.${domain}`])), // the second proves it to ACM
              ],
            },
          },
          because: `${because}; the condition names the records`,
        },
        { actions: ['route53:ListResourceRecordSets'], resources: zones, because },
        {
          actions: ['route53:GetChange'],
          resources: [`arn:${names.partition}:route53:::change/*`],
          because: 'a change has an id that nobody knows before',
        },
      ],
    },
  ];
}

/** Instances that tasks run on: group, template, profile, provider. */
function instanceGrants(names: Names): Grant[] {
  const { prefix, arn } = names;
  const because = `below the platform's own prefix, ${prefix}, in every place that there is or will be`;
  const group = arn('autoscaling', `autoScalingGroup:*:autoScalingGroupName/${prefix}-*-instances`);
  const provider = arn('ecs', `capacity-provider/${prefix}-*`);
  return [
    grant('AWS::AutoScaling::AutoScalingGroup', [group], { because }),
    grant('AWS::EC2::LaunchTemplate', [arn('ec2', '*')], {
      because: 'has an id; what takes it away needs the tag of this repository on it',
      removeOnlyIf: { StringEquals: { 'aws:ResourceTag/slipway:repository': names.repository } },
    }),
    grant('AWS::IAM::InstanceProfile', [names.instanceProfileArn(`${prefix}-*`)], { because }),
    grant('AWS::ECS::CapacityProvider', [provider], { because }),
    grant('AWS::ECS::ClusterCapacityProviderAssociations', [arn('ecs', `cluster/${prefix}-*`), provider], {
      because,
    }),
    {
      types: [],
      permissions: [
        { ...passRole([names.roleArn(`${prefix}-*-instances`)], ['ec2.amazonaws.com']), because },
        {
          // https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-launch-template-permissions.html
          actions: ['ec2:RunInstances'],
          resources: [arn('ec2', '*'), `arn:${names.partition}:ec2:${names.region}::image/*`],
          because: 'a group with a launch template is made only by whoever may start what it describes',
        },
        {
          actions: ['ssm:GetParameters'],
          resources: [
            `arn:${names.partition}:ssm:${names.region}::parameter/aws/service/ecs/optimized-ami/*`,
          ],
          because: "AWS's own parameters with the newest images, which anybody may read",
        },
      ],
    },
  ];
}

/** Keys of topics and of artifacts that other accounts read. */
function keyGrant(names: Names): Grant {
  const { types, permissions } = grant('AWS::KMS::Key', [names.arn('kms', 'key/*')], {
    because: 'a key has an id and no name: it is told by the tag of this repository',
  });
  const [own, look] = permissions;
  const tagged = { StringEquals: { 'aws:ResourceTag/slipway:repository': names.repository } };
  return {
    types: [...types, 'AWS::KMS::Alias'],
    permissions: [
      { ...own!, conditions: tagged },
      look!,
      {
        actions: own!.actions.filter(action => action.endsWith('Alias')),
        resources: [names.arn('kms', `alias/${names.prefix}-*`)],
        because: `below the platform's own prefix, ${names.prefix}`,
      },
    ],
  };
}
