import type { Environments } from '@slipway/contract';
import type { Names } from '../names.ts';
import type { Permission } from './role.ts';

type Place = Environments['environments'][number];

/**
 * What CloudFormation needs for the parts of places that not every place has, and no more than those that are asked for:
 * names, certificates, instances, topics, access logs, flow logs.
 */
export function placePermissions(names: Names, places: readonly Place[]): Permission[] {
  const own = places.map(place => ({ place, names: names.at(place) }));
  return [
    ...namePermissions(names, places),
    ...(places.some(({ domain }) => domain && !domain.certificate) ? certificatePermissions(names) : []),
    ...(places.some(({ capacity }) => capacity.type === 'ec2') ? instancePermissions(names) : []),
    ...(places.some(({ alarms }) => alarms.email.length > 0) ? topicPermissions(names) : []),
    ...(places.some(place => place.alarms.email.length > 0 || place.alarms.topic)
      ? alarmPermissions(names)
      : []),
    ...own
      .filter(({ place }) => place.protect)
      .map(each => ({
        actions: ['s3:*'],
        resources: [names.bucketArn(each.names.accessLogBucket(each.place.name))],
      })),
  ];
}

/** Records of exactly the names of the places, in whatever zone: a private zone's id is not known beforehand. */
function namePermissions(names: Names, places: readonly Place[]): Permission[] {
  const domains = places.flatMap(({ domain }) => (domain ? [domain.name] : []));
  const zones = `arn:${names.partition}:route53:::hostedzone/*`;
  return [
    {
      actions: [
        ...['route53:GetHostedZone', 'route53:DeleteHostedZone', 'route53:UpdateHostedZoneComment'],
        ...['route53:ListResourceRecordSets', 'route53:ListQueryLoggingConfigs', 'route53:GetDNSSEC'],
        ...['route53:ListTagsForResource', 'route53:ChangeTagsForResource'],
        ...['route53:AssociateVPCWithHostedZone', 'route53:DisassociateVPCFromHostedZone'],
      ],
      resources: [zones],
    },
    {
      actions: ['route53:ChangeResourceRecordSets'],
      resources: [zones],
      conditions: {
        'ForAllValues:StringLike': {
          'route53:ChangeResourceRecordSetsNormalizedRecordNames': [
            ...places.map(({ name }) => names.internalZone(name)),
            ...new Set(domains.flatMap(domain => [domain, `_*.${domain}`])), // the second proves it to ACM
          ],
        },
      },
    },
    { actions: ['route53:GetChange'], resources: [`arn:${names.partition}:route53:::change/*`] },
    {
      actions: ['route53:CreateHostedZone', 'route53:ListHostedZones', 'route53:ListHostedZonesByName'],
      resources: ['*'], // these calls know no resources
    },
  ];
}

function certificatePermissions(names: Names): Permission[] {
  return [
    { actions: ['acm:RequestCertificate'], resources: ['*'] }, // has no ARN yet
    {
      actions: [
        ...['acm:DescribeCertificate', 'acm:DeleteCertificate', 'acm:GetCertificate'],
        ...['acm:AddTagsToCertificate', 'acm:RemoveTagsFromCertificate', 'acm:ListTagsForCertificate'],
        'acm:UpdateCertificateOptions',
      ],
      resources: [names.arn('acm', 'certificate/*')],
    },
  ];
}

function instancePermissions(names: Names): Permission[] {
  const { prefix } = names;
  return [
    {
      actions: ['autoscaling:*'],
      resources: [names.arn('autoscaling', `autoScalingGroup:*:autoScalingGroupName/${prefix}-*-instances`)],
    },
    { actions: ['autoscaling:Describe*'], resources: ['*'] }, // these calls know no resources
    {
      actions: [
        ...['iam:CreateInstanceProfile', 'iam:DeleteInstanceProfile', 'iam:GetInstanceProfile'],
        ...['iam:AddRoleToInstanceProfile', 'iam:RemoveRoleFromInstanceProfile'],
        ...['iam:TagInstanceProfile', 'iam:UntagInstanceProfile'],
      ],
      resources: [names.roleArn(`${prefix}-*`).replace(':role/', ':instance-profile/')],
    },
    // A group is made only by who may read the parameter with the newest image of its instances.
    {
      actions: ['ssm:GetParameters'],
      resources: [`arn:${names.partition}:ssm:${names.region}::parameter/aws/service/ecs/optimized-ami/*`],
    },
  ];
}

function topicPermissions(names: Names): Permission[] {
  return [
    { actions: ['sns:*'], resources: [names.arn('sns', `${names.prefix}-*`)] },
    { actions: ['kms:CreateKey'], resources: ['*'] }, // has no ARN yet
    {
      actions: [
        ...['kms:DescribeKey', 'kms:PutKeyPolicy', 'kms:GetKeyPolicy', 'kms:EnableKeyRotation'],
        ...['kms:DisableKeyRotation', 'kms:GetKeyRotationStatus', 'kms:ScheduleKeyDeletion'],
        ...['kms:UpdateKeyDescription', 'kms:TagResource', 'kms:UntagResource', 'kms:ListResourceTags'],
      ],
      resources: [names.arn('kms', 'key/*')],
      conditions: { StringEquals: { 'aws:ResourceTag/slipway:repository': names.repository } },
    },
  ];
}

function alarmPermissions(names: Names): Permission[] {
  return [
    {
      actions: [
        ...['cloudwatch:PutMetricAlarm', 'cloudwatch:DeleteAlarms', 'cloudwatch:DescribeAlarms'],
        ...['cloudwatch:TagResource', 'cloudwatch:UntagResource', 'cloudwatch:ListTagsForResource'],
      ],
      resources: [names.arn('cloudwatch', `alarm:${names.prefix}-*`)],
    },
  ];
}
