import type { Contract, Environments } from '@slipway/contract';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { Names } from '../names.ts';
import { deliveryBlueprint, hasData } from '../pipelines/blueprint.ts';
import { createPermissions, passRole } from './permissions.ts';
import { createRole, importRole } from './role.ts';
import {
  codeDeployArns,
  comparePermissions,
  DEPLOY,
  infrastructurePermissions,
  PULL,
  PUSH,
  rolloutPermissions,
  shiftPermissions,
  stackPermissions,
  taskPermissions,
} from './service-permissions.ts';

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
  const { pipeline, build, imageRepository, roles } = names.service(service.name);
  const can = createPermissions(names);
  const byEcs = service.deployment.controller === 'ecs';
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
      can.startBuilds([build]),
      can.invoke(names.supersede.name),
      ...(byEcs ? [can.invoke(names.rollout.name)] : []),
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
      ...comparePermissions(names, service.name),
    ],
  });
  for (const { name } of environments.environments) addEnvironmentRoles(name);
  return created;

  function rolloutFunction(): IRole {
    return importRole(scope, names.roleArn(names.rollout.role));
  }

  function addEnvironmentRoles(environment: string) {
    const deployed = names.deployed(service.name, environment);
    const id = `${environment.charAt(0).toUpperCase()}${environment.slice(1)}`;
    const { deploy, cloudFormation, release, codeDeploy, infrastructure, execution, task } = deployed.roles;
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
        ...(byEcs ? [passRole([names.roleArn(infrastructure)], ['ecs.amazonaws.com'])] : []),
      ],
    });
    add(`${id}ReleaseRole`, {
      ...(byEcs
        ? { assumedBy: rolloutFunction(), description: `Releases ${here}` }
        : { ...byPipeline, description: `Asks CodeDeploy to release ${here}` }),
      name: release,
      permissions: [
        ...(byEcs
          ? rolloutPermissions(names, service.name, environment)
          : [
              ...can.artifacts(pipeline, 's3:GetObject'),
              { actions: DEPLOY, resources: codeDeployArns(names, deployed.application) },
              { actions: ['ecs:RegisterTaskDefinition'], resources: ['*'] }, // knows no resources
            ]),
        {
          actions: ['ecs:TagResource'],
          resources: [names.arn('ecs', `task-definition/${deployed.family}:*`)],
        },
        taskRoles,
      ],
    });
    if (byEcs) {
      add(`${id}InfrastructureRole`, {
        ...{ name: infrastructure, description: `Shifts the traffic of ${here} for ECS` },
        assumedBy: 'ecs.amazonaws.com',
        permissions: [
          ...infrastructurePermissions(names, service.name, environment),
          can.invoke(names.check(environment).name),
        ],
      });
    }
    // It stays when ECS takes over: CodeDeploy's group is there until the service's stack has gone along.
    add(`${id}CodeDeployRole`, {
      ...{
        name: codeDeploy,
        description: `Shifts the traffic of ${here}`,
        assumedBy: 'codedeploy.amazonaws.com',
      },
      permissions: [
        ...shiftPermissions(names, service.name, environment),
        can.invoke(names.check(environment).name),
        taskRoles,
      ],
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
