import type { Contract, Environments } from '@slipway/contract';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import { Stack, type StackProps } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { Names } from '../names.ts';
import { importArtifacts } from '../platform/artifacts.ts';
import { importRole } from '../roles/role.ts';
import { platformBlueprint } from './blueprint.ts';
import { createBuildProject } from './build-project.ts';
import { buildPipeline } from './pipeline-builder.ts';
import { createPullRequestCheck } from './pull-requests.ts';

/**
 * The one door for every push. The pipeline updates this stack itself, therefore it works with roles that are not
 * of this stack: an update can change the pipeline while it runs, never what it may do.
 */
export class PlatformPipelineStack extends Stack {
  constructor(
    scope: Construct,
    id: string,
    props: StackProps & { names: Names; environments: Environments; services: readonly Contract[] },
  ) {
    super(scope, id, props);
    const { names, environments, services } = props;
    const { platform } = names;
    const role = (name: string) => importRole(this, names.roleArn(name));
    const artifactBucket = importArtifacts(this, names);
    const project = (
      id: string,
      name: string,
      buildSpec: string,
      description: string,
      size: 'small' | 'medium',
    ) =>
      createBuildProject(this, id, {
        ...{ names, name, buildSpec, description, size, artifactBucket },
        ...{ role: role(name), timeoutMinutes: 30, architecture: environments.architecture },
      });

    const pipeline = buildPipeline(this, platformBlueprint(names, environments, services), {
      ...{ names, artifactBucket, role, pipelineRole: role(platform.roles.pipeline) },
      projects: {
        [platform.plan]: project('Plan', platform.plan, 'plan.yml', 'Decides what a push affects', 'small'),
        [platform.check]: project(
          'Check',
          platform.check,
          'check.yml',
          'Tests and synthesizes the definition',
          'medium',
        ),
        [platform.release]: project(
          'Release',
          platform.release,
          'release.yml',
          'Starts what a push affects',
          'small',
        ),
      },
    });

    if (environments.pullRequests) createPullRequestCheck(this, { names, environments, artifactBucket });
    if (names.source.provider !== 'codecommit') return; // the pipeline's own trigger starts it
    const repository = names.arn('codecommit', names.repository);
    new events.Rule(this, 'Push', {
      ruleName: `${platform.pipeline}-push`,
      description: `A push to ${names.branch} starts the platform pipeline`,
      eventPattern: {
        source: ['aws.codecommit'],
        detailType: ['CodeCommit Repository State Change'],
        resources: [repository],
        detail: {
          event: ['referenceCreated', 'referenceUpdated'],
          referenceType: ['branch'],
          referenceName: [names.branch],
        },
      },
      targets: [new targets.CodePipeline(pipeline, { eventRole: role(platform.roles.events) })],
    });
  }
}
