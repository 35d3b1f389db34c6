import type { Environments } from '@slipway/contract';
import * as codebuild from 'aws-cdk-lib/aws-codebuild';
import * as codecommit from 'aws-cdk-lib/aws-codecommit';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { Names } from '../names.ts';
import { createPermissions } from '../roles/permissions.ts';
import { createRole, type Permission } from '../roles/role.ts';
import { createBuildProject } from './build-project.ts';
import { buildPipeline } from './pipeline-builder.ts';
import type { PipelineBlueprint } from './stage.ts';

interface PullRequestProps {
  readonly names: Names;
  readonly environments: Environments;
  readonly artifactBucket: s3.IBucket;
}

/**
 * The check of a pull request: a build that deploys nothing. What it runs is whatever somebody proposes, so its role
 * reaches nothing but its own log, reports and cache, which no release reads. With CodeCommit it may read the
 * repository; through a connection it may not, since leave to use a connection is leave to use all that the provider
 * granted it: there a pipeline hands it the source.
 */
export function createPullRequestCheck(scope: Construct, props: PullRequestProps): void {
  if (props.names.source.provider === 'codecommit') checkOnEvent(scope, props);
  else checkInPipeline(scope, props);
}

/** EventBridge starts the build at the request's commit and tells it the commit that it would be merged into. */
function checkOnEvent(scope: Construct, props: PullRequestProps): void {
  const { names } = props;
  const { roles } = names.pullRequests;
  const repository = codecommit.Repository.fromRepositoryName(scope, 'Requests', names.repository);
  const role = createBuildRole(scope, names, [
    { actions: ['codecommit:GitPull'], resources: [repository.repositoryArn] },
  ]);
  const project = createProject(scope, props, {
    role,
    source: codebuild.Source.codeCommit({ repository }), // with its history: the base has to be found
  });
  const eventRole = createRole(scope, 'PullRequestEventsRole', {
    name: roles.events,
    description: 'Starts the check of a pull request',
    ...{ assumedBy: 'events.amazonaws.com', source: names.arn('events', `rule/${names.pullRequests.rule}`) },
    permissions: [{ actions: ['codebuild:StartBuild'], resources: [project.projectArn] }],
  });
  const { fromPath } = events.EventField;
  new events.Rule(scope, 'PullRequest', {
    ruleName: names.pullRequests.rule,
    description: 'A pull request that is made or changed is checked',
    eventPattern: {
      source: ['aws.codecommit'],
      detailType: ['CodeCommit Pull Request State Change'],
      resources: [repository.repositoryArn],
      detail: {
        event: ['pullRequestCreated', 'pullRequestSourceBranchUpdated'],
        destinationReference: [`refs/heads/${names.branch}`],
      },
    },
    targets: [
      new targets.CodeBuildProject(project, {
        eventRole,
        event: events.RuleTargetInput.fromObject({
          sourceVersion: fromPath('$.detail.sourceCommit'),
          environmentVariablesOverride: [
            { name: 'BASE', value: fromPath('$.detail.destinationCommit'), type: 'PLAINTEXT' },
          ],
        }),
      }),
    ],
  });
}

/** A pipeline of its own takes the source through the connection; requests are checked side by side. */
function checkInPipeline(scope: Construct, props: PullRequestProps): void {
  const { names, artifactBucket } = props;
  const { pipeline, build, roles } = names.pullRequests;
  const can = createPermissions(names);
  const pipelineRole = createRole(scope, 'PullRequestPipelineRole', {
    name: roles.pipeline,
    description: 'Carries out the checks of pull requests',
    ...{ assumedBy: 'codepipeline.amazonaws.com', source: names.arn('codepipeline', pipeline) },
    permissions: [
      can.assume([roles.source, roles.start]),
      ...can.artifacts(pipeline, 's3:GetObject', 's3:PutObject'),
    ],
  });
  const made: Record<string, IRole> = {
    [roles.source]: createRole(scope, 'PullRequestSourceRole', {
      ...{ name: roles.source, description: 'Fetches the source of pull requests', assumedBy: pipelineRole },
      permissions: can.source(pipeline),
    }),
    [roles.start]: createRole(scope, 'PullRequestStartRole', {
      ...{ name: roles.start, description: 'Starts the checks of pull requests', assumedBy: pipelineRole },
      permissions: [can.startBuilds([build]), ...can.artifacts(pipeline, 's3:GetObject')],
    }),
  };
  const role = createBuildRole(scope, names, can.artifacts(pipeline, 's3:GetObject'));
  buildPipeline(scope, pullRequestBlueprint(names), {
    ...{ names, artifactBucket, pipelineRole, id: 'PullRequestPipeline' },
    role: name => made[name]!,
    projects: { [build]: createProject(scope, props, { role }) },
  });
}

function pullRequestBlueprint({ pullRequests: { pipeline, build, roles } }: Names): PipelineBlueprint {
  const common = { runOrder: 1, namespace: 'Source' };
  return {
    ...{ name: pipeline, restartOnUpdate: false, startedBy: 'pull-request', sideBySide: true, variables: {} },
    stages: [
      {
        name: 'Source',
        actions: [{ ...common, kind: 'source', name: 'Source', role: roles.source, output: 'Source' }],
      },
      {
        name: 'Check',
        actions: [
          {
            ...{ kind: 'build', name: 'Pull-Request', runOrder: 1, role: roles.start, project: build },
            ...{ input: 'Source', outputs: [], variables: {} },
          },
        ],
      },
    ],
  };
}

function createBuildRole(scope: Construct, names: Names, more: Permission[]): IRole {
  return createRole(scope, 'PullRequestRole', {
    name: names.pullRequests.roles.build,
    description: 'Checks pull requests: may write its log, its reports and its own cache, nothing else',
    assumedBy: 'codebuild.amazonaws.com',
    source: names.arn('codebuild', `project/${names.pullRequests.build}`),
    permissions: [...createPermissions(names).check(names.pullRequests.build), ...more],
  });
}

function createProject(
  scope: Construct,
  { names, environments, artifactBucket }: PullRequestProps,
  { role, source }: { role: IRole; source?: codebuild.ISource },
): codebuild.IProject {
  return createBuildProject(scope, 'PullRequestBuild', {
    ...{ names, name: names.pullRequests.build, role, artifactBucket, size: 'medium', timeoutMinutes: 30 },
    ...{ description: 'Checks a pull request and deploys nothing', buildSpec: 'pull-request.yml' },
    architecture: environments.architecture,
    ...(source && { source }),
  });
}
