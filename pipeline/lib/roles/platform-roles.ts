import type { Environments } from '@slipway/contract';
import type { Construct } from 'constructs';
import type { Names } from '../names.ts';
import { platformBlueprint } from '../pipelines/blueprint.ts';
import { permissionsIn } from './grant.ts';
import { createPermissions } from './permissions.ts';
import { placeGrants } from './place-permissions.ts';
import { comparePermissions, platformGrants } from './platform-permissions.ts';
import { createRole } from './role.ts';

/** All roles of the platform pipeline. */
export function createPlatformRoles(scope: Construct, names: Names, environments: Environments): void {
  const { pipeline, plan, check, release, roles } = names.platform;
  const can = createPermissions(names);
  const services = [{ name: '*' }]; // the platform deploys the pipeline stacks of all services, known or to come
  const stacks = platformBlueprint(names, environments, services).stages.flatMap(stage =>
    stage.actions.flatMap(action => (action.kind === 'stack' ? [action.stack] : [])),
  );
  const byPipeline = {
    assumedBy: createRole(scope, 'PipelineRole', {
      name: roles.pipeline,
      description: 'Carries out the platform pipeline',
      ...{ assumedBy: 'codepipeline.amazonaws.com', source: names.arn('codepipeline', pipeline) },
      permissions: [
        can.assume([roles.source, roles.start, roles.deploy]),
        ...can.artifacts(pipeline, 's3:GetObject', 's3:PutObject'),
      ],
    }),
  };

  createRole(scope, 'SourceRole', {
    ...{ ...byPipeline, name: roles.source, description: 'Fetches the source for the platform' },
    permissions: can.source(pipeline),
  });
  createRole(scope, 'StartRole', {
    ...{ ...byPipeline, name: roles.start, description: 'Starts the builds of the platform' },
    permissions: [
      can.startBuilds([plan, check, release]),
      can.invoke(names.supersede.name),
      ...can.artifacts(pipeline, 's3:GetObject', 's3:PutObject'),
    ],
  });
  createRole(scope, 'DeployRole', {
    ...{ ...byPipeline, name: roles.deploy, description: 'Deploys the stacks of the platform' },
    permissions: can.deploy(pipeline, stacks, [roles.cloudFormation]),
  });
  createRole(scope, 'CloudFormationRole', {
    name: roles.cloudFormation,
    description: 'Makes the resources of the platform and of the delivery pipelines',
    assumedBy: 'cloudformation.amazonaws.com',
    permissions: permissionsIn([...platformGrants(names), ...placeGrants(names, environments.environments)]),
  });
  createRole(scope, 'EventsRole', {
    name: roles.events,
    description: 'Starts the platform pipeline when a commit is pushed',
    ...{ assumedBy: 'events.amazonaws.com', source: names.arn('events', `rule/${pipeline}-push`) },
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
    createRole(scope, id, {
      name: project,
      description: 'Compares a commit with what is live and starts the delivery pipelines that it affects',
      ...{ assumedBy: 'codebuild.amazonaws.com', source: names.arn('codebuild', `project/${project}`) },
      permissions: [...can.build(project, pipeline), ...comparePermissions(names)],
    });
  }
  createRole(scope, 'CheckRole', {
    name: roles.check,
    description: 'Tests the definition of the pipelines and synthesizes it',
    ...{ assumedBy: 'codebuild.amazonaws.com', source: names.arn('codebuild', `project/${check}`) },
    permissions: can.build(check, pipeline),
  });
}
