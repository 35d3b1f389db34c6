import type { Contract } from '@slipway/contract';
import type { Names } from '../names.ts';
import type { Permission } from './role.ts';

export const PULL = ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer', 'ecr:BatchCheckLayerAvailability'];
export const PUSH = [
  ...PULL,
  ...['ecr:DescribeRepositories', 'ecr:DescribeImages', 'ecr:InitiateLayerUpload', 'ecr:UploadLayerPart'],
  ...['ecr:CompleteLayerUpload', 'ecr:PutImage'],
];
const LOOK = [
  'elasticloadbalancing:DescribeLoadBalancers',
  'elasticloadbalancing:DescribeListeners',
  'elasticloadbalancing:DescribeRules',
  'elasticloadbalancing:DescribeTargetGroups',
  'elasticloadbalancing:DescribeTargetHealth',
  'elasticloadbalancing:DescribeTags',
];
export const DEPLOY = [
  ...['codedeploy:CreateDeployment', 'codedeploy:GetDeployment', 'codedeploy:StopDeployment'],
  ...['codedeploy:GetDeploymentConfig', 'codedeploy:GetApplication', 'codedeploy:GetApplicationRevision'],
  ...['codedeploy:RegisterApplicationRevision', 'codedeploy:GetDeploymentGroup'],
];

/** A build compares what it made with what is live of its own service, and looks for older executions. */
export function comparePermissions(names: Names, service: string): Permission[] {
  return [
    {
      actions: ['ecs:DescribeServices'],
      resources: [names.arn('ecs', `service/${names.prefix}-*/${service}`)],
    },
    { actions: ['ecs:DescribeTaskDefinition'], resources: ['*'] }, // knows no resources
    {
      actions: ['codepipeline:ListPipelineExecutions'],
      resources: [names.arn('codepipeline', names.service(service).pipeline)],
    },
  ];
}

/** The tables and buckets of exactly this service, in exactly this environment. */
export function taskPermissions(names: Names, service: Contract, environment: string): Permission[] {
  const deployed = names.deployed(service.name, environment);
  const tables = Object.keys(service.tables).map(name =>
    names.arn('dynamodb', `table/${deployed.table(name)}`),
  );
  const buckets = Object.keys(service.buckets).map(name => names.bucketArn(deployed.bucket(name)));
  const data: Permission = {
    actions: [
      ...[
        'dynamodb:GetItem',
        'dynamodb:BatchGetItem',
        'dynamodb:Query',
        'dynamodb:Scan',
        'dynamodb:DescribeTable',
      ],
      ...['dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem', 'dynamodb:BatchWriteItem'],
      'dynamodb:ConditionCheckItem',
    ],
    resources: tables.flatMap(table => [table, `${table}/index/*`]),
  };
  const objects: Permission = {
    actions: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'],
    resources: buckets.map(bucket => `${bucket}/*`),
  };
  const listing: Permission = { actions: ['s3:ListBucket'], resources: buckets };
  return [...(tables.length > 0 ? [data] : []), ...(buckets.length > 0 ? [objects, listing] : [])];
}

/** CloudFormation may make what a service consists of, under this service's names only. */
export function stackPermissions(names: Names, service: string, environment: string): Permission[] {
  const deployed = names.deployed(service, environment);
  const cluster = names.cluster(environment);
  const balancer = (resource: string) => names.arn('elasticloadbalancing', resource);
  return [
    {
      actions: [
        'ecs:CreateService',
        'ecs:UpdateService',
        'ecs:DeleteService',
        'ecs:DescribeServices',
        'ecs:TagResource',
      ],
      resources: [names.arn('ecs', `service/${cluster}/${service}`)],
    },
    {
      actions: ['ecs:RegisterTaskDefinition', 'ecs:DeregisterTaskDefinition', 'ecs:DescribeTaskDefinition'],
      resources: ['*'], // these calls know no resources
    },
    { actions: ['ecs:TagResource'], resources: [names.arn('ecs', `task-definition/${deployed.family}:*`)] },
    {
      actions: [
        'elasticloadbalancing:*TargetGroup*',
        'elasticloadbalancing:AddTags',
        'elasticloadbalancing:RemoveTags',
      ],
      resources: [balancer(`targetgroup/${deployed.blue}/*`), balancer(`targetgroup/${deployed.green}/*`)],
    },
    {
      actions: [
        'elasticloadbalancing:*Rule',
        'elasticloadbalancing:AddTags',
        'elasticloadbalancing:RemoveTags',
      ],
      resources: [balancer(`listener/app/${cluster}/*`), balancer(`listener-rule/app/${cluster}/*`)],
    },
    { actions: ['elasticloadbalancing:Describe*', 'ec2:Describe*'], resources: ['*'] },
    {
      actions: [
        ...['ec2:CreateSecurityGroup', 'ec2:DeleteSecurityGroup', 'ec2:CreateTags', 'ec2:DeleteTags'],
        ...['ec2:AuthorizeSecurityGroupIngress', 'ec2:RevokeSecurityGroupIngress'],
        ...['ec2:AuthorizeSecurityGroupEgress', 'ec2:RevokeSecurityGroupEgress'],
      ],
      resources: ['security-group/*', 'security-group-rule/*', 'vpc/*'].map(resource =>
        names.arn('ec2', resource),
      ),
    },
    {
      actions: [
        ...[
          'logs:CreateLogGroup',
          'logs:DeleteLogGroup',
          'logs:PutRetentionPolicy',
          'logs:DeleteRetentionPolicy',
        ],
        ...['logs:TagResource', 'logs:UntagResource', 'logs:ListTagsForResource'],
      ],
      resources: [deployed.logGroup, `${deployed.logGroup}:*`].map(group =>
        names.arn('logs', `log-group:${group}`),
      ),
    },
    { actions: ['logs:DescribeLogGroups'], resources: ['*'] },
    { actions: ['codedeploy:*'], resources: codeDeployArns(names, deployed.application) },
    { actions: ['dynamodb:*'], resources: [names.arn('dynamodb', `table/${deployed.table('*')}`)] },
    { actions: ['s3:*'], resources: [names.bucketArn(deployed.bucket('*'))] },
  ];
}

/** Registers and deploys versions of one service whose deployments ECS controls, and follows them. */
export function rolloutPermissions(names: Names, service: string, environment: string): Permission[] {
  const cluster = names.cluster(environment);
  return [
    {
      actions: ['ecs:DescribeServices', 'ecs:UpdateService', 'ecs:ListServiceDeployments'],
      resources: [names.arn('ecs', `service/${cluster}/${service}`)],
    },
    {
      actions: ['ecs:DescribeServiceRevisions'],
      resources: [names.arn('ecs', `service-revision/${cluster}/${service}/*`)],
    },
    {
      // These calls know no resources.
      actions: [
        ...['ecs:RegisterTaskDefinition', 'ecs:DeregisterTaskDefinition'],
        ...['ecs:DescribeTaskDefinition', 'ecs:ListTaskDefinitions'],
      ],
      resources: ['*'],
    },
  ];
}

/**
 * What ECS itself does for one service: shifts its traffic between its own two groups, and calls the check. As
 * AmazonECSInfrastructureRolePolicyForLoadBalancers, but for the rules and groups of this service's environment only.
 * https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonECSInfrastructureRolePolicyForLoadBalancers.html
 */
export function infrastructurePermissions(names: Names, service: string, environment: string): Permission[] {
  const { blue, green } = names.deployed(service, environment);
  const balancer = (resource: string) => names.arn('elasticloadbalancing', resource);
  return [
    { actions: LOOK, resources: ['*'] },
    {
      actions: ['elasticloadbalancing:RegisterTargets', 'elasticloadbalancing:DeregisterTargets'],
      resources: [balancer(`targetgroup/${blue}/*`), balancer(`targetgroup/${green}/*`)],
    },
    {
      actions: ['elasticloadbalancing:ModifyRule'],
      resources: [balancer(`listener-rule/app/${names.cluster(environment)}/*`)],
    },
  ];
}

/** As AWSCodeDeployRoleForECS, but for the listeners and groups of this service's environment only. */
export function shiftPermissions(names: Names, service: string, environment: string): Permission[] {
  const cluster = names.cluster(environment);
  const bucket = names.bucketArn(names.artifactBucket);
  return [
    {
      actions: [
        ...[
          'ecs:DescribeServices',
          'ecs:CreateTaskSet',
          'ecs:UpdateServicePrimaryTaskSet',
          'ecs:DeleteTaskSet',
        ],
        'ecs:TagResource',
      ],
      resources: [
        names.arn('ecs', `service/${cluster}/${service}`),
        names.arn('ecs', `task-set/${cluster}/${service}/*`),
      ],
    },
    { actions: LOOK, resources: ['*'] },
    {
      actions: ['elasticloadbalancing:ModifyListener', 'elasticloadbalancing:ModifyRule'],
      resources: ['listener/app', 'listener-rule/app'].map(kind =>
        names.arn('elasticloadbalancing', `${kind}/${cluster}/*`),
      ),
    },
    {
      actions: ['s3:GetObject', 's3:GetObjectVersion'],
      resources: [`${bucket}/${names.service(service).pipeline.slice(0, 20)}/*`],
    },
  ];
}

export function codeDeployArns(names: Names, application: string): string[] {
  return [
    names.arn('codedeploy', `application:${application}`),
    names.arn('codedeploy', `deploymentgroup:${application}/${application}`),
    names.arn('codedeploy', `deploymentconfig:${application}-*`),
    names.arn('codedeploy', 'deploymentconfig:CodeDeployDefault.ECS*'),
  ];
}
