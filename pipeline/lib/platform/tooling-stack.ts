import type { Environments } from '@slipway/contract';
import { Stack, type StackProps } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { Names } from '../names.ts';
import { createBoundary, hasOwnBoundary } from '../roles/boundary.ts';
import { createPlatformRoles } from '../roles/platform-roles.ts';
import { createArtifacts } from './artifacts.ts';
import { createBaseImages } from './base-images.ts';
import { createNotifications } from './notifications.ts';
import { createRolloutFunction } from './rollout-function.ts';
import { createSupersedeFunction } from './supersede-function.ts';

/**
 * What the pipelines stand on, once per account and region: the bucket for artifacts, the way to the public base image,
 * the function that rejects overtaken approvals and the roles of the platform pipeline. The pipeline updates this stack
 * before its own, so it never takes away the role it works with.
 */
export class ToolingStack extends Stack {
  constructor(
    scope: Construct,
    id: string,
    props: StackProps & { names: Names; environments: Environments },
  ) {
    super(scope, id, props);
    const { names, environments } = props;

    createArtifacts(this, names, environments);
    createBaseImages(this, names);
    createSupersedeFunction(this, { names, architecture: environments.architecture });
    createNotifications(this, { names, environments });
    createRolloutFunction(this, { names, environments });
    if (hasOwnBoundary(environments)) createBoundary(this, names);
    createPlatformRoles(this, names, environments);
  }
}
