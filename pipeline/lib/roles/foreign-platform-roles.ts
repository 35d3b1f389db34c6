import type { Environments } from '@slipway/contract';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { Names } from '../names.ts';
import { platformBlueprint, stacksAt } from '../pipelines/blueprint.ts';
import { spotsOf } from '../spots.ts';
import { createPermissions } from './permissions.ts';
import { makePermissions } from './platform-roles.ts';
import { inRegions } from './regions.ts';
import { createRole, homeRoles } from './role.ts';

/** What the platform pipeline does in another account, it does with these roles there. */
export function createForeignPlatformRoles(scope: Construct, names: Names, environments: Environments): void {
  const { pipeline, roles } = names.platform;
  const home = names.at(names.origin);
  const regions = spotsOf(environments)
    .filter(spot => spot.account === names.account)
    .map(spot => names.at(spot));
  const services = [{ name: '*' }]; // the stacks of all services, known or to come
  const actions = platformBlueprint(home, environments, services).stages.flatMap(stage => stage.actions);

  createRole(scope, 'DeployRole', {
    name: roles.deploy,
    description: 'Deploys the stacks of the platform',
    assumedBy: new iam.ArnPrincipal(home.roleArn(roles.pipeline)),
    permissions: inRegions(regions, there =>
      createPermissions(there).deploy(pipeline, stacksAt(there, actions), [roles.cloudFormation]),
    ),
  });
  createRole(scope, 'CloudFormationRole', {
    name: roles.cloudFormation,
    description: 'Makes the resources of the platform',
    assumedBy: 'cloudformation.amazonaws.com',
    permissions: inRegions(regions, there => makePermissions(there, environments)),
  });
  createRole(scope, 'LookRole', {
    name: roles.look,
    description: 'Tells what is live here, so that a push is compared with it',
    assumedBy: homeRoles(home, [
      ...[roles.plan, roles.release].map(home.roleArn),
      home.roleArn(`${names.prefix}-*-build`), // of all services, known or to come
    ]),
    permissions: [
      {
        actions: ['ecs:DescribeServices'],
        resources: regions.map(there => there.arn('ecs', `service/${names.prefix}-*`)),
        because: 'the services of all teams, known or to come',
      },
      {
        ...{ actions: ['ecs:DescribeTaskDefinition'], resources: ['*'] },
        because: 'this call knows no resources',
      },
    ],
  });
}
