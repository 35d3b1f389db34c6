import type { Environments } from '@slipway/contract';
import type { Construct } from 'constructs';
import type { Names } from '../names.ts';
import { platformBlueprint, stacksAt } from '../pipelines/blueprint.ts';
import { otherAccountsOf, placesAt, regionsOf } from '../spots.ts';
import { permissionsIn } from './grant.ts';
import { assumeAll, createPermissions } from './permissions.ts';
import { placeGrants } from './place-permissions.ts';
import { comparePermissions, platformGrants } from './platform-permissions.ts';
import { inRegions, lookElsewhere } from './regions.ts';
import { createRole, type Permission } from './role.ts';

/** All roles of the platform pipeline. */
export function createPlatformRoles(scope: Construct, names: Names, environments: Environments): void {
  const { pipeline, plan, check, release, roles } = names.platform;
  const can = createPermissions(names);
  const services = [{ name: '*' }]; // the platform deploys the pipeline stacks of all services, known or to come
  const actions = platformBlueprint(names, environments, services).stages.flatMap(stage => stage.actions);
  const regions = regionsOf(environments).map(region => names.at({ account: names.account, region }));
  const elsewhere = otherAccountsOf(environments).map(account => names.at({ ...names.origin, account }));
  const byPipeline = {
    assumedBy: createRole(scope, 'PipelineRole', {
      name: roles.pipeline,
      description: 'Carries out the platform pipeline',
      ...{ assumedBy: 'codepipeline.amazonaws.com', source: names.arn('codepipeline', pipeline) },
      permissions: [
        can.assume([roles.source, roles.start, roles.deploy]),
        ...assumeAll(elsewhere.map(there => there.roleArn(roles.deploy))),
        ...inRegions(regions, there =>
          createPermissions(there).artifacts(pipeline, 's3:GetObject', 's3:PutObject'),
        ),
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
    permissions: inRegions(regions, there =>
      createPermissions(there).deploy(pipeline, stacksAt(there, actions), [roles.cloudFormation]),
    ),
  });
  createRole(scope, 'CloudFormationRole', {
    name: roles.cloudFormation,
    description: 'Makes the resources of the platform and of the delivery pipelines',
    assumedBy: 'cloudformation.amazonaws.com',
    permissions: inRegions(regions, there => makePermissions(there, environments)),
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
      permissions: [
        ...can.build(project, pipeline),
        ...comparePermissions(names),
        ...lookElsewhere(regions, `${names.prefix}-*`),
        ...assumeAll(elsewhere.map(there => there.roleArn(roles.look))),
      ],
    });
  }
  createRole(scope, 'CheckRole', {
    name: roles.check,
    description: 'Tests the definition of the pipelines and synthesizes it',
    ...{ assumedBy: 'codebuild.amazonaws.com', source: names.arn('codebuild', `project/${check}`) },
    permissions: can.build(check, pipeline),
  });
}

/** What CloudFormation may make for the platform at a spot. */
export function makePermissions(there: Names, { environments }: Environments): Permission[] {
  return permissionsIn([...platformGrants(there), ...placeGrants(there, placesAt(environments, there))]);
}
