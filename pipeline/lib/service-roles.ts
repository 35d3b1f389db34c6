import type { Contract, Environments } from '@slipway/contract';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { deliveryBlueprint, hasData } from './blueprint.ts';
import type { Names } from './names.ts';
import { createPermissions, passRole } from './permissions.ts';
import { createRole, type Permission } from './role.ts';

/**
 * All roles of one service. They stand in its pipeline's stack, which the platform deploys: what a team's own
 * commit deploys can use these roles, but can neither make nor change one.
 */
export function createServiceRoles(
  scope: Construct,
  names: Names,
  environments: Environments,
  service: Contract,
) {
  const { pipeline, build, smoke, imageRepository, roles } = names.service(service.name);
  const can = createPermissions(names);
  const actionRoles = deliveryBlueprint(names, environments, service).stages.flatMap(stage =>
    stage.actions.flatMap(action => ('role' in action ? [action.role] : [])),
  );

  const pipelineRole = createRole(scope, 'PipelineRole', {
    name: roles.pipeline,
    description: `Carries out the pipeline of ${service.name}`,
    assumedBy: 'codepipeline.amazonaws.com',
    permissions: [
      can.assume([...new Set(actionRoles)].sort()),
      ...can.artifacts(pipeline, 's3:GetObject', 's3:PutObject'),
    ],
  });
  const byPipeline = { assumedBy: pipelineRole };
  const created: Record<string, IRole> = { [roles.pipeline]: pipelineRole };
  const add = (id: string, props: Parameters<typeof createRole>[2]) => {
    created[props.name] = createRole(scope, id, props);
  };

  add('SourceRole', {
    ...{ ...byPipeline, name: roles.source, description: `Fetches the source for ${service.name}` },
    permissions: can.source(pipeline),
  });
  add('StartRole', {
    ...{ ...byPipeline, name: roles.start, description: `Starts the builds of ${service.name}` },
    permissions: [
      can.startBuilds([build, smoke]),
      ...can.artifacts(pipeline, 's3:GetObject', 's3:PutObject'),
    ],
  });
  add('BuildRole', {
    name: roles.build,
    description: `Tests, packs and pushes ${service.name}`,
    assumedBy: 'codebuild.amazonaws.com',
    permissions: [
      ...can.build(build, pipeline),
      ...[can.registryLogin, can.pullBase],
      { actions: PUSH, resources: [names.arn('ecr', `repository/${imageRepository}`)] },
    ],
  });
  add('SmokeRole', {
    name: roles.smoke,
    description: `Checks ${service.name} after a release`,
    assumedBy: 'codebuild.amazonaws.com',
    permissions: [
      ...can.build(smoke, pipeline),
      { actions: LOOK, resources: ['*'] }, // these calls know no resources
      {
        actions: ['ecs:DescribeServices'],
        resources: [names.arn('ecs', `service/${names.prefix}-*/${service.name}`)],
      },
    ],
  });
  for (const { name } of environments.environments) addEnvironmentRoles(name);
  return created;

  function addEnvironmentRoles(environment: string) {
    const deployed = names.deployed(service.name, environment);
    const id = `${environment.charAt(0).toUpperCase()}${environment.slice(1)}`;
    const { deploy, cloudFormation, release, codeDeploy, execution, task } = deployed.roles;
    const stacks = [
      ...(hasData(service) ? [names.stacks.data(service.name, environment)] : []),
      names.stacks.service(service.name, environment),
    ];
    const taskRoles = passRole([names.roleArn(execution), names.roleArn(task)], ['ecs-tasks.amazonaws.com']);
    const here = `${service.name} in ${environment}`;

    add(`${id}DeployRole`, {
      ...{ ...byPipeline, name: deploy, description: `Deploys the stacks of ${here}` },
      permissions: can.deploy(pipeline, stacks, [cloudFormation]),
    });
    add(`${id}CloudFormationRole`, {
      ...{ name: cloudFormation, description: `Makes the resources of ${here}` },
      assumedBy: 'cloudformation.amazonaws.com',
      permissions: [
        ...stackPermissions(names, service.name, environment),
        taskRoles,
        passRole([names.roleArn(codeDeploy)], ['codedeploy.amazonaws.com']),
      ],
    });
    add(`${id}ReleaseRole`, {
      ...{ ...byPipeline, name: release, description: `Asks CodeDeploy to release ${here}` },
      permissions: [
        ...can.artifacts(pipeline, 's3:GetObject'),
        { actions: DEPLOY, resources: codeDeployArns(names, deployed.application) },
        { actions: ['ecs:RegisterTaskDefinition'], resources: ['*'] }, // knows no resources
        {
          actions: ['ecs:TagResource'],
          resources: [names.arn('ecs', `task-definition/${deployed.family}:*`)],
        },
        taskRoles,
      ],
    });
    add(`${id}CodeDeployRole`, {
      ...{
        name: codeDeploy,
        description: `Shifts the traffic of ${here}`,
        assumedBy: 'codedeploy.amazonaws.com',
      },
      permissions: [...shiftPermissions(names, service.name, environment), taskRoles],
    });
    add(`${id}ExecutionRole`, {
      ...{
        name: execution,
        description: `Starts the tasks of ${here}`,
        assumedBy: 'ecs-tasks.amazonaws.com',
      },
      permissions: [
        ...[can.registryLogin, can.pullBase],
        { actions: PULL, resources: [names.arn('ecr', `repository/${imageRepository}`)] },
        {
          actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
          resources: [names.arn('logs', `log-group:${deployed.logGroup}:*`)],
        },
      ],
    });
    add(`${id}TaskRole`, {
      ...{ name: task, description: `What ${here} may do itself`, assumedBy: 'ecs-tasks.amazonaws.com' },
      permissions: taskPermissions(names, service, environment),
    });
  }
}

const PULL = ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer', 'ecr:BatchCheckLayerAvailability'];
const PUSH = [
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
const DEPLOY = [
  ...['codedeploy:CreateDeployment', 'codedeploy:GetDeployment', 'codedeploy:StopDeployment'],
  ...['codedeploy:GetDeploymentConfig', 'codedeploy:GetApplication', 'codedeploy:GetApplicationRevision'],
  ...['codedeploy:RegisterApplicationRevision', 'codedeploy:GetDeploymentGroup'],
];

/** The tables and buckets of exactly this service, in exactly this environment. */
function taskPermissions(names: Names, service: Contract, environment: string): Permission[] {
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
function stackPermissions(names: Names, service: string, environment: string): Permission[] {
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

/** As AWSCodeDeployRoleForECS, but for the listeners and groups of this service's environment only. */
function shiftPermissions(names: Names, service: string, environment: string): Permission[] {
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

function codeDeployArns(names: Names, application: string): string[] {
  return [
    names.arn('codedeploy', `application:${application}`),
    names.arn('codedeploy', `deploymentgroup:${application}/${application}`),
    names.arn('codedeploy', `deploymentconfig:${application}-*`),
    names.arn('codedeploy', 'deploymentconfig:CodeDeployDefault.ECS*'),
  ];
}
