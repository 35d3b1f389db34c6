import type { Contract, Environments } from '@slipway/contract';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { Names, Spot } from '../names.ts';
import { deliveryBlueprint, hasData } from '../pipelines/blueprint.ts';
import { sidecarRepositories } from '../service/container-definition.ts';
import { otherAccountsOf, regionsOf } from '../spots.ts';
import { permissionsIn } from './grant.ts';
import { assumeAll, createPermissions, passRole } from './permissions.ts';
import { inRegions, lookElsewhere } from './regions.ts';
import { createRole, homeRoles, importRole, type RoleProps } from './role.ts';
import {
  partGrants,
  passScheduleRoles,
  runPermissions,
  schedulerPermissions,
  secretReadPermissions,
} from './service-part-permissions.ts';
import {
  comparePermissions,
  infrastructurePermissions,
  PULL,
  PUSH,
  releasePermissions,
  rolloutPermissions,
  serviceGrants,
  shapePermissions,
  shiftPermissions,
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
  const actionRoles = deliveryBlueprint(names, environments, service).stages.flatMap(stage =>
    stage.actions.flatMap(action => ('role' in action ? [actionRoleArn(names, action)] : [])),
  );
  const regions = regionsOf(environments).map(region => names.at({ account: names.account, region }));

  const pipelineRole = createRole(scope, 'PipelineRole', {
    name: roles.pipeline,
    description: `Carries out the pipeline of ${service.name}`,
    ...{ assumedBy: 'codepipeline.amazonaws.com', source: names.arn('codepipeline', pipeline) },
    permissions: [
      { actions: ['sts:AssumeRole'], resources: [...new Set(actionRoles)].sort() },
      // What actions in another region read is copied to the bucket there.
      ...inRegions(regions, there =>
        createPermissions(there).artifacts(pipeline, 's3:GetObject', 's3:PutObject'),
      ),
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
      ...(service.deployment.controller === 'ecs' ? [can.invoke(names.rollout.name)] : []),
      ...can.artifacts(pipeline, 's3:GetObject', 's3:PutObject'),
    ],
  });
  add('BuildRole', {
    name: roles.build,
    description: `Tests, packs and pushes ${service.name}`,
    ...{ assumedBy: 'codebuild.amazonaws.com', source: names.arn('codebuild', `project/${build}`) },
    permissions: [
      ...can.build(build, pipeline),
      ...[can.registryLogin, can.pullBase],
      { actions: PUSH, resources: regions.map(there => there.arn('ecr', `repository/${imageRepository}`)) },
      ...comparePermissions(names, service.name),
      shapePermissions(names, service.name, environments),
      ...lookElsewhere(regions, `${names.prefix}-*/${service.name}`),
      ...assumeAll(
        otherAccountsOf(environments).map(account =>
          names.at({ ...names.origin, account }).roleArn(names.platform.roles.look),
        ),
      ),
    ],
  });
  const addPlaceRoles = placeRoles(names, { environments, service }, { scope, byPipeline, add });
  for (const { name, account } of environments.environments)
    if (account === names.account) addPlaceRoles(name);
  return created;
}

/**
 * The roles of a service in the places of an account that is not the pipelines' home. They come before the pipeline that
 * acts with them, and AWS refuses to trust a role that is not there yet; so they trust the home account, and in it nobody
 * but that role.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
export function createForeignServiceRoles(
  scope: Construct,
  props: { names: Names; environments: Environments; service: Contract; account: string },
): void {
  const { names, environments, service, account } = props;
  const { pipeline } = names.service(service.name).roles;
  const byPipeline = { assumedBy: homeRoles(names, [names.roleArn(pipeline)]) };
  const add = (id: string, props: RoleProps) => void createRole(scope, id, props);
  const addPlaceRoles = placeRoles(names, { environments, service }, { scope, byPipeline, add });
  for (const place of environments.environments) if (place.account === account) addPlaceRoles(place.name);
}

interface PlaceRoles {
  readonly scope: Construct;
  readonly byPipeline: Pick<RoleProps, 'assumedBy'>;
  readonly add: (id: string, props: RoleProps) => void;
}

/** Whose role an action is carried out with: that of the account where it happens. */
function actionRoleArn(names: Names, action: { role: string; at?: Spot }): string {
  return names.at(action.at ?? names).roleArn(action.role);
}

function placeRoles(
  home: Names,
  { environments, service }: { environments: Environments; service: Contract },
  { scope, byPipeline, add }: PlaceRoles,
): (place: string) => void {
  return function addPlaceRoles(environment) {
    const names = home.atPlace(environment);
    const can = createPermissions(names);
    const { pipeline, imageRepository } = names.service(service.name);
    const byEcs = service.deployment.controller === 'ecs';
    const registry = names.at({ account: home.account, region: names.region });
    const deployed = names.deployed(service.name, environment);
    const place = environments.environments.find(({ name }) => name === environment)!;
    const id = `${environment.charAt(0).toUpperCase()}${environment.slice(1)}`;
    const {
      deploy,
      cloudFormation,
      release,
      codeDeploy,
      infrastructure,
      execution,
      task,
      schedule,
      scheduler,
    } = deployed.roles;
    const stacks = [
      ...(hasData(service) ? [names.stacks.data(service.name, environment)] : []),
      names.stacks.service(service.name, environment),
    ];
    const taskRoles = passRole([names.roleArn(execution), names.roleArn(task)], ['ecs-tasks.amazonaws.com']);
    // ECS names no cluster or task there: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
    const byTasks = { assumedBy: 'ecs-tasks.amazonaws.com', source: names.arn('ecs', '*') };
    const repositories = sidecarRepositories(names, service);
    const pullSidecars =
      repositories.length > 0
        ? [{ actions: [...PULL, 'ecr:BatchImportUpstreamImage'], resources: repositories }]
        : [];
    const here = `${service.name} in ${environment}`;

    add(`${id}DeployRole`, {
      ...{ ...byPipeline, name: deploy, description: `Deploys the stacks of ${here}` },
      permissions: can.deploy(pipeline, stacks, [cloudFormation]),
    });
    add(`${id}CloudFormationRole`, {
      ...{ name: cloudFormation, description: `Makes the resources of ${here}` },
      assumedBy: 'cloudformation.amazonaws.com',
      permissions: [
        ...permissionsIn(serviceGrants(names, service.name, environment)),
        ...permissionsIn(partGrants(names, service.name, place.name)),
        ...passScheduleRoles(names, service, environment),
        taskRoles,
        { actions: ['iam:GetRole'], resources: [execution, task, codeDeploy].map(names.roleArn) },
        passRole([names.roleArn(codeDeploy)], ['codedeploy.amazonaws.com']),
        ...(byEcs ? [passRole([names.roleArn(infrastructure)], ['ecs.amazonaws.com'])] : []),
      ],
    });
    add(`${id}ReleaseRole`, {
      ...(byEcs
        ? { assumedBy: importRole(scope, home.roleArn(names.rollout.role)), description: `Releases ${here}` }
        : { ...byPipeline, description: `Asks CodeDeploy to release ${here}` }),
      name: release,
      permissions: [
        ...(byEcs
          ? rolloutPermissions(names, service.name, environment)
          : [
              ...can.artifacts(pipeline, 's3:GetObject'),
              ...releasePermissions(names, service.name, environment),
            ]),
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
        source: names.arn('codedeploy', `deploymentgroup:${deployed.application}/${deployed.application}`),
      },
      permissions: [
        ...shiftPermissions(names, service.name, environment),
        can.invoke(names.check(environment).name),
        {
          actions: ['cloudwatch:DescribeAlarms'],
          resources: ['*'],
          because:
            "as in AWS's own policy for this role: whether it asks for alarms by name is not documented",
        },
        taskRoles,
      ],
    });
    add(`${id}ExecutionRole`, {
      ...{
        name: execution,
        description: `Starts the tasks of ${here}`,
        ...byTasks,
      },
      permissions: [
        ...[can.registryLogin, can.pullBase],
        { actions: PULL, resources: [registry.arn('ecr', `repository/${imageRepository}`)] },
        ...pullSidecars,
        ...secretReadPermissions(names, service, environment),
        {
          actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
          resources: [names.arn('logs', `log-group:${deployed.logGroup}:*`)],
        },
      ],
    });
    add(`${id}TaskRole`, {
      ...{ name: task, description: `What ${here} may do itself`, ...byTasks },
      permissions: taskPermissions(names, service, environment),
    });
    if (Object.keys(service.schedules).length === 0) return;
    add(`${id}ScheduleRole`, {
      ...{
        name: schedule,
        description: `Runs what is scheduled of ${here}`,
        assumedBy: 'lambda.amazonaws.com',
      },
      permissions: runPermissions(names, service.name, environment),
    });
    add(`${id}SchedulerRole`, {
      name: scheduler,
      description: `Calls what runs the schedules of ${here}`,
      assumedBy: 'scheduler.amazonaws.com',
      source: names.arn('scheduler', `schedule-group/${deployed.scheduler}`),
      permissions: schedulerPermissions(names, service.name, environment),
    });
  };
}
