import type { Contract, Environments } from '@slipway/contract';
import type { Names } from '../names.ts';
import { CLOUDFORMATION_ACTIONS } from './cloudformation-actions.ts';
import { type Grant, grant } from './grant.ts';
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
/** https://docs.aws.amazon.com/codepipeline/latest/userguide/how-to-custom-role.html#edit-role-codedeploy */
function deployPermissions(names: Names, application: string): Permission[] {
  return [
    {
      actions: [
        ...['codedeploy:GetApplication', 'codedeploy:GetApplicationRevision'],
        'codedeploy:RegisterApplicationRevision',
      ],
      resources: [names.arn('codedeploy', `application:${application}`)],
    },
    {
      actions: ['codedeploy:CreateDeployment', 'codedeploy:GetDeployment', 'codedeploy:GetDeploymentGroup'],
      resources: [names.arn('codedeploy', `deploymentgroup:${application}/${application}`)],
    },
    {
      actions: ['codedeploy:GetDeploymentConfig'],
      resources: deploymentConfigs(names, application),
      because: "AWS's own configurations and those that bear this service's name",
    },
  ];
}

/** A release registers the new revision of the task definition and asks CodeDeploy to bring it to the users. */
export function releasePermissions(names: Names, service: string, environment: string): Permission[] {
  const { family, application } = names.deployed(service, environment);
  return [
    ...deployPermissions(names, application),
    {
      actions: ['ecs:RegisterTaskDefinition', 'ecs:TagResource'],
      resources: [names.arn('ecs', `task-definition/${family}:*`)],
    },
  ];
}

/** A build compares what it made with what is live of its own service, and looks for older executions. */
export function comparePermissions(names: Names, service: string): Permission[] {
  return [
    {
      actions: ['ecs:DescribeServices'],
      resources: [names.arn('ecs', `service/${names.prefix}-*/${service}`)],
      because: "this service in every environment's cluster",
    },
    {
      actions: ['ecs:DescribeTaskDefinition'],
      resources: ['*'],
      because: 'this call knows no resources',
    },
    {
      actions: ['codepipeline:ListPipelineExecutions'],
      resources: [names.arn('codepipeline', names.service(service).pipeline)],
    },
  ];
}

/** What the live stacks of this service recorded of themselves, read by its build before it synthesizes. */
export function shapePermissions(names: Names, service: string, { environments }: Environments): Permission {
  const here = environments.filter(({ account }) => account === names.account);
  return {
    actions: ['ssm:GetParameters'],
    resources: here.map(place =>
      names.at(place).arn('ssm', `parameter${names.shapeParameter(service, place.name)}`),
    ),
  };
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

/**
 * What the stacks of one service contain in one environment, under its own names only. A new type of resource needs a
 * line here. What has an id and no name (rules, security groups) is told by the tags that only this service bears.
 */
export function serviceGrants(names: Names, service: string, environment: string): Grant[] {
  const deployed = names.deployed(service, environment);
  const { arn } = names;
  const cluster = names.cluster(environment);
  const application = arn('codedeploy', `application:${deployed.application}`);
  const group = arn('codedeploy', `deploymentgroup:${deployed.application}/${deployed.application}`);
  const ownSuffix = { because: "what this service's contract names, below the service's own name" };
  return [
    grant('AWS::ECS::Service', [arn('ecs', `service/${cluster}/${service}`)]),
    grant('AWS::ECS::TaskDefinition', [arn('ecs', `task-definition/${deployed.family}:*`)]),
    grant(
      'AWS::ElasticLoadBalancingV2::TargetGroup',
      [deployed.blue, deployed.green].map(name => arn('elasticloadbalancing', `targetgroup/${name}/*`)),
    ),
    ruleGrant(names, service, environment),
    securityGroupGrant(names, service, environment),
    grant(
      'AWS::Logs::LogGroup',
      [deployed.logGroup, `${deployed.logGroup}:*`].map(name => arn('logs', `log-group:${name}`)),
    ),
    grant('AWS::CodeDeploy::Application', [application]),
    grant('AWS::CodeDeploy::DeploymentGroup', [application, group]),
    grant(
      'AWS::CodeDeploy::DeploymentConfig',
      [arn('codedeploy', `deploymentconfig:${deployed.application}-*`)],
      ownSuffix,
    ),
    grant('AWS::DynamoDB::Table', [arn('dynamodb', `table/${deployed.table('*')}`)], ownSuffix),
    grant('AWS::S3::Bucket', [names.bucketArn(deployed.bucket('*'))], ownSuffix),
    grant('AWS::S3::BucketPolicy', [names.bucketArn(deployed.bucket('*'))], ownSuffix),
    grant('AWS::SSM::Parameter', [arn('ssm', `parameter${names.shapeParameter(service, environment)}`)]),
  ];
}

const ownTags = (key: 'RequestTag' | 'ResourceTag', service: string, environment: string) => ({
  [`aws:${key}/slipway:service`]: service,
  [`aws:${key}/slipway:environment`]: environment,
});

/**
 * A rule is made on the environment's listeners and bears the service's tags from its first moment; only such a rule
 * can be changed or taken away. So a team's commit reaches no other service's rules.
 */
function ruleGrant(names: Names, service: string, environment: string): Grant {
  const cluster = names.cluster(environment);
  const on = (kind: string) => [names.arn('elasticloadbalancing', `${kind}/app/${cluster}/*`)];
  const { own, look } = CLOUDFORMATION_ACTIONS['AWS::ElasticLoadBalancingV2::ListenerRule'];
  const because =
    "listeners and rules have ids: they are told by the environment's balancer and the service's tags";
  const asked = ownTags('RequestTag', service, names.environment(environment));
  const has = ownTags('ResourceTag', service, names.environment(environment));
  return {
    types: ['AWS::ElasticLoadBalancingV2::ListenerRule'],
    permissions: [
      {
        actions: ['elasticloadbalancing:CreateRule'],
        resources: on('listener'),
        conditions: { StringEquals: asked },
        because,
      },
      {
        actions: ['elasticloadbalancing:AddTags'],
        resources: on('listener-rule'),
        conditions: { StringEquals: { ...asked, 'elasticloadbalancing:CreateAction': 'CreateRule' } },
        because,
      },
      {
        actions: [...own, 'elasticloadbalancing:AddTags'],
        resources: on('listener-rule'),
        conditions: { StringEquals: has },
        because,
      },
      { actions: look, resources: ['*'], because: 'these calls know no resources' },
    ],
  };
}

/**
 * The service's own security group, told by its tags, and the edges of the balancer's, which bears the tag
 * `slipway:edges`: they are shared, so a team's commit could take away an edge between the balancer and another
 * service, and IAM knows no single edges. Nothing else of the network can be reached.
 */
function securityGroupGrant(names: Names, service: string, environment: string): Grant {
  const on = (kind: string) => [names.arn('ec2', `${kind}/*`)];
  const groups = CLOUDFORMATION_ACTIONS['AWS::EC2::SecurityGroup'];
  const edges = [
    CLOUDFORMATION_ACTIONS['AWS::EC2::SecurityGroupIngress'],
    CLOUDFORMATION_ACTIONS['AWS::EC2::SecurityGroupEgress'],
  ].flatMap(type => [...type.own, ...type.remove]);
  const because = "security groups and their edges have ids: they are told by the service's tags";
  const asked = ownTags('RequestTag', service, names.environment(environment));
  const has = ownTags('ResourceTag', service, names.environment(environment));
  const shared = { 'aws:ResourceTag/slipway:edges': names.environment(environment) };
  return {
    types: ['AWS::EC2::SecurityGroup', 'AWS::EC2::SecurityGroupIngress', 'AWS::EC2::SecurityGroupEgress'],
    permissions: [
      {
        actions: ['ec2:CreateSecurityGroup'],
        resources: on('security-group'),
        conditions: { StringEquals: asked },
        because,
      },
      {
        actions: ['ec2:CreateSecurityGroup'],
        resources: on('vpc'),
        conditions: {
          StringEquals: { 'aws:ResourceTag/slipway:environment': names.environment(environment) },
        },
        because: "the environment's network, told by its tag",
      },
      {
        actions: ['ec2:CreateTags'],
        resources: on('security-group'),
        conditions: { StringEquals: { ...asked, 'ec2:CreateAction': 'CreateSecurityGroup' } },
        because,
      },
      {
        actions: [...groups.remove, ...edges, 'ec2:CreateTags'],
        resources: on('security-group'),
        conditions: { StringEquals: has },
        because,
      },
      {
        actions: edges,
        resources: on('security-group'),
        conditions: { StringEquals: shared },
        because: "the balancer's edges, told by their tag, are shared by the environment's services",
      },
      {
        actions: edges.filter(action => action.includes(':Authorize')),
        resources: on('security-group-rule'),
        because: 'an edge that is being made has neither name nor tag; its group is limited above',
      },
      {
        actions: [...new Set([...groups.look, 'ec2:DescribeSecurityGroupRules', 'ec2:DescribeVpcs'])],
        resources: ['*'],
        because: 'these calls know no resources',
      },
    ],
  };
}

/**
 * Registers and deploys versions of one service whose deployments ECS controls, and follows them. One that comes from
 * CodeDeploy is deployed by it once more where it has to change its colour first.
 */
export function rolloutPermissions(names: Names, service: string, environment: string): Permission[] {
  const cluster = names.cluster(environment);
  return [
    ...deployPermissions(names, names.deployed(service, environment).application),
    {
      actions: ['ecs:DescribeServices', 'ecs:UpdateService', 'ecs:ListServiceDeployments'],
      resources: [names.arn('ecs', `service/${cluster}/${service}`)],
    },
    {
      actions: ['ecs:DescribeServiceRevisions'],
      resources: [names.arn('ecs', `service-revision/${cluster}/${service}/*`)],
    },
    {
      actions: ['ecs:RegisterTaskDefinition', 'ecs:TagResource'],
      resources: [names.arn('ecs', `task-definition/${names.deployed(service, environment).family}:*`)],
    },
    {
      actions: [...['ecs:DeregisterTaskDefinition', 'ecs:DescribeTaskDefinition', 'ecs:ListTaskDefinitions']],
      resources: ['*'],
      because: 'these calls know no resources',
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
    { actions: LOOK, resources: ['*'], because: 'these calls know no resources' },
    {
      actions: ['elasticloadbalancing:RegisterTargets', 'elasticloadbalancing:DeregisterTargets'],
      resources: [balancer(`targetgroup/${blue}/*`), balancer(`targetgroup/${green}/*`)],
    },
    {
      actions: ['elasticloadbalancing:ModifyRule'],
      resources: [balancer(`listener-rule/app/${names.cluster(environment)}/*`)],
      conditions: { StringEquals: ownTags('ResourceTag', service, names.environment(environment)) },
      because: "rules have ids: they are told by the environment's balancer and the service's tags",
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
    { actions: LOOK, resources: ['*'], because: 'these calls know no resources' },
    {
      actions: ['elasticloadbalancing:ModifyRule'],
      resources: [names.arn('elasticloadbalancing', `listener-rule/app/${cluster}/*`)],
      conditions: { StringEquals: ownTags('ResourceTag', service, names.environment(environment)) },
      because: "rules have ids: they are told by the environment's balancer and the service's tags",
    },
    {
      // Unconfirmed whether CodeDeploy calls it when the groups stand in rules; its own managed policy has both.
      actions: ['elasticloadbalancing:ModifyListener'],
      resources: [names.arn('elasticloadbalancing', `listener/app/${cluster}/*`)],
      because: "the listeners of exactly this environment's balancer, which have ids",
    },
    {
      actions: ['s3:GetObject', 's3:GetObjectVersion'],
      resources: [`${bucket}/${names.service(service).pipeline.slice(0, 20)}/*`],
    },
  ];
}

function deploymentConfigs(names: Names, application: string): string[] {
  return [`${application}-*`, 'CodeDeployDefault.ECS*'].map(name =>
    names.arn('codedeploy', `deploymentconfig:${name}`),
  );
}
