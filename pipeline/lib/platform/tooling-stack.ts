import type { Environments } from '@slipway/contract';
import * as codecommit from 'aws-cdk-lib/aws-codecommit';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { Names } from '../names.ts';
import { platformBlueprint } from '../pipelines/blueprint.ts';
import { createPermissions, passRole } from '../roles/permissions.ts';
import { placePermissions } from '../roles/place-permissions.ts';
import { createRole, type Permission } from '../roles/role.ts';
import { createNotifications } from './notifications.ts';
import { createRolloutFunction } from './rollout-function.ts';
import { createSupersedeFunction } from './supersede-function.ts';

/**
 * What the pipelines stand on, once per account and region: the repository, the bucket for artifacts, the way to
 * the public base image, the function that rejects overtaken approvals and the roles of the platform pipeline. The pipeline updates this stack before its own,
 * so it never takes away the role it works with.
 */
export class ToolingStack extends Stack {
  constructor(
    scope: Construct,
    id: string,
    props: StackProps & { names: Names; environments: Environments },
  ) {
    super(scope, id, props);
    const { names, environments } = props;

    if (names.source.provider === 'codecommit')
      new codecommit.Repository(this, 'Repository', {
        repositoryName: names.repository,
        description: 'The monorepo of services and platform',
      }).applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);

    new s3.Bucket(this, 'Artifacts', {
      bucketName: names.artifactBucket,
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      encryption: s3.BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      versioned: true,
      lifecycleRules: [{ expiration: Duration.days(90), noncurrentVersionExpiration: Duration.days(30) }],
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE, // a creation that fails leaves nothing behind
    });

    new ecr.CfnPullThroughCacheRule(this, 'BaseImages', {
      ecrRepositoryPrefix: names.baseImagePrefix,
      upstreamRegistryUrl: 'public.ecr.aws',
    });

    createSupersedeFunction(this, { names, architecture: environments.architecture });
    createNotifications(this, { names, environments });
    createRolloutFunction(this, { names, environments });
    this.createRoles(names, environments);
  }

  private createRoles(names: Names, environments: Environments): void {
    const { pipeline, plan, check, release, roles } = names.platform;
    const can = createPermissions(names);
    const services = [{ name: '*' }]; // the platform deploys the pipeline stacks of all services, known or to come
    const stacks = platformBlueprint(names, environments, services).stages.flatMap(stage =>
      stage.actions.flatMap(action => (action.kind === 'stack' ? [action.stack] : [])),
    );
    const byPipeline = {
      assumedBy: createRole(this, 'PipelineRole', {
        name: roles.pipeline,
        description: 'Carries out the platform pipeline',
        assumedBy: 'codepipeline.amazonaws.com',
        permissions: [
          can.assume([roles.source, roles.start, roles.deploy]),
          ...can.artifacts(pipeline, 's3:GetObject', 's3:PutObject'),
        ],
      }),
    };

    createRole(this, 'SourceRole', {
      ...{ ...byPipeline, name: roles.source, description: 'Fetches the source for the platform' },
      permissions: can.source(pipeline),
    });
    createRole(this, 'StartRole', {
      ...{ ...byPipeline, name: roles.start, description: 'Starts the builds of the platform' },
      permissions: [
        can.startBuilds([plan, check, release]),
        can.invoke(names.supersede.name),
        ...can.artifacts(pipeline, 's3:GetObject', 's3:PutObject'),
      ],
    });
    createRole(this, 'DeployRole', {
      ...{ ...byPipeline, name: roles.deploy, description: 'Deploys the stacks of the platform' },
      permissions: can.deploy(pipeline, stacks, [roles.cloudFormation]),
    });
    createRole(this, 'CloudFormationRole', {
      name: roles.cloudFormation,
      description: 'Makes the resources of the platform and of the delivery pipelines',
      assumedBy: 'cloudformation.amazonaws.com',
      permissions: [...platformPermissions(names), ...placePermissions(names, environments.environments)],
    });
    createRole(this, 'EventsRole', {
      name: roles.events,
      description: 'Starts the platform pipeline when a commit is pushed',
      assumedBy: 'events.amazonaws.com',
      permissions: [
        {
          actions: ['codepipeline:StartPipelineExecution'],
          resources: [names.arn('codepipeline', pipeline)],
        },
      ],
    });
    for (const [id, project] of [
      ['PlanRole', plan],
      ['ReleaseRole', release],
    ] as const) {
      createRole(this, id, {
        name: project,
        description: 'Compares a commit with what is live and starts the delivery pipelines that it affects',
        assumedBy: 'codebuild.amazonaws.com',
        permissions: [...can.build(project, pipeline), ...comparePermissions(names)],
      });
    }
    createRole(this, 'CheckRole', {
      name: roles.check,
      description: 'Tests the definition of the pipelines and synthesizes it',
      assumedBy: 'codebuild.amazonaws.com',
      permissions: can.build(check, pipeline),
    });
  }
}

function comparePermissions(names: Names): Permission[] {
  return [
    {
      actions: ['ssm:GetParameter', 'ssm:GetParameters'],
      resources: [
        names.arn('ssm', `parameter${names.definitionParameter}`),
        names.arn('ssm', `parameter${names.definitionParameter}/*`),
      ],
    },
    { actions: ['ecr:DescribeImages'], resources: [names.arn('ecr', `repository/${names.prefix}/*`)] },
    { actions: ['ecs:DescribeServices'], resources: [names.arn('ecs', `service/${names.prefix}-*`)] },
    { actions: ['ecs:DescribeTaskDefinition'], resources: ['*'] }, // knows no resources
    {
      actions: [
        ...[
          'codepipeline:StartPipelineExecution',
          'codepipeline:GetPipeline',
          'codepipeline:GetPipelineState',
        ],
        ...['codepipeline:ListPipelineExecutions', 'codepipeline:GetPipelineExecution'],
      ],
      resources: [names.arn('codepipeline', `${names.prefix}-*`)],
    },
    { actions: ['codepipeline:ListPipelines', 'cloudformation:ListStacks'], resources: ['*'] }, // know no resources
  ];
}

/** The platform makes networks, clusters, pipelines and the roles below its own prefix, and nothing else. */
function platformPermissions(names: Names): Permission[] {
  const { prefix } = names;
  const roles = names.roleArn(`${prefix}-*`);
  return [
    { actions: ['ec2:*', 'elasticloadbalancing:*', 'ecs:*', 'logs:*'], resources: ['*'] },
    { actions: ['ecr:*'], resources: [names.arn('ecr', `repository/${prefix}/*`)] },
    {
      actions: [
        ...[
          'ecr:CreatePullThroughCacheRule',
          'ecr:DeletePullThroughCacheRule',
          'ecr:DescribePullThroughCacheRules',
        ],
        ...[
          'ecr:DescribeRepositories',
          'codebuild:ListProjects',
          'codecommit:ListRepositories',
          'events:ListRules',
        ],
      ],
      resources: ['*'], // these calls know no resources
    },
    { actions: ['codebuild:*'], resources: [names.arn('codebuild', `project/${prefix}-*`)] },
    {
      actions: ['codepipeline:*'],
      resources: [names.arn('codepipeline', `${prefix}-*`)],
    },
    { actions: ['codecommit:*'], resources: [names.arn('codecommit', names.repository)] },
    { actions: ['lambda:*'], resources: [names.arn('lambda', `function:${prefix}-*`)] },
    { actions: ['events:*'], resources: [names.arn('events', `rule/${prefix}-*`)] },
    { actions: ['sns:*'], resources: [names.arn('sns', `${prefix}-*`)] },
    { actions: ['ssm:*'], resources: [names.arn('ssm', `parameter/${prefix}/*`)] },
    {
      actions: [
        ...['servicediscovery:CreateHttpNamespace', 'servicediscovery:UpdateHttpNamespace'],
        ...['servicediscovery:DeleteNamespace', 'servicediscovery:GetNamespace'],
        ...['servicediscovery:GetOperation', 'servicediscovery:ListTagsForResource'],
        ...['servicediscovery:TagResource', 'servicediscovery:UntagResource'],
      ],
      resources: ['*'], // a namespace's ARN has an id that nobody knows before
    },
    { actions: ['s3:*'], resources: [names.bucketArn(names.artifactBucket)] },
    {
      actions: [
        ...[
          'iam:CreateRole',
          'iam:DeleteRole',
          'iam:GetRole',
          'iam:UpdateRole',
          'iam:UpdateAssumeRolePolicy',
        ],
        ...['iam:PutRolePolicy', 'iam:DeleteRolePolicy', 'iam:GetRolePolicy', 'iam:ListRolePolicies'],
        ...['iam:ListAttachedRolePolicies', 'iam:TagRole', 'iam:UntagRole', 'iam:ListRoleTags'],
      ],
      resources: [roles],
    },
    passRole(
      [roles],
      ['codepipeline', 'codebuild', 'events', 'lambda', 'ec2', 'vpc-flow-logs'].map(
        service => `${service}.amazonaws.com`,
      ),
    ),
    {
      actions: ['iam:CreateServiceLinkedRole'],
      resources: [names.roleArn('aws-service-role/*')],
      conditions: {
        StringEquals: {
          'iam:AWSServiceName': [
            'ecs.amazonaws.com',
            'elasticloadbalancing.amazonaws.com',
            'replication.ecr.amazonaws.com',
            ...['autoscaling.amazonaws.com', 'spot.amazonaws.com'], // where capacity is ec2
          ],
        },
      },
    },
  ];
}
