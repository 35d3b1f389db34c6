import type { Environments } from '@slipway/contract';
import type { Construct } from 'constructs';
import type { Names } from '../names.ts';
import { functionLogs } from '../roles/permissions.ts';
import { createRole } from '../roles/role.ts';
import { createInlineFunction } from './inline-function.ts';

/**
 * Releases services whose deployments ECS controls. By itself it may do nothing to a service: it takes on the release
 * role of the one that its action names.
 */
export function createRolloutFunction(
  scope: Construct,
  { names, environments }: { names: Names; environments: Environments },
): void {
  const { name, role: roleName } = names.rollout;
  const description = 'Releases services whose deployments ECS controls';
  const releaseRoles = environments.environments.map(place =>
    names.at(place).roleArn(`${names.prefix}-*-release`),
  );
  const role = createRole(scope, 'RolloutRole', {
    ...{ name: roleName, description, assumedBy: 'lambda.amazonaws.com' },
    permissions: [
      functionLogs(names, name),
      {
        actions: ['sts:AssumeRole'],
        resources: [...new Set(releaseRoles)].sort(),
        because: 'the release roles of all services, known or to come',
      },
      {
        actions: ['codepipeline:PutJobSuccessResult', 'codepipeline:PutJobFailureResult'],
        resources: ['*'],
        because: 'these calls know no resources',
      },
    ],
  });
  createInlineFunction(scope, 'Rollout', {
    ...{ names, name, role, description, code: 'rollout.cjs', timeoutSeconds: 120 },
    architecture: environments.architecture,
  });
}
