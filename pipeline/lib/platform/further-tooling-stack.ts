import type { Environments } from '@slipway/contract';
import { Stack, type StackProps } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { Names } from '../names.ts';
import { createBoundary, hasOwnBoundary } from '../roles/boundary.ts';
import { createForeignPlatformRoles } from '../roles/foreign-platform-roles.ts';
import { isFirstOfItsAccount, placesAt } from '../spots.ts';
import { createArtifacts } from './artifacts.ts';
import { createBaseImages } from './base-images.ts';

export interface FurtherToolingProps extends StackProps {
  /** As seen from there. */
  readonly names: Names;
  readonly environments: Environments;
}

/**
 * What the pipelines stand on elsewhere than at home. In another region of the home account it is the bucket for
 * artifacts; in another account the roles that the platform pipeline acts with there, once per account. Wherever tasks
 * run there is the way to the public base image.
 */
export class FurtherToolingStack extends Stack {
  constructor(scope: Construct, id: string, props: FurtherToolingProps) {
    super(scope, id, props);
    const { names, environments } = props;
    const { account } = names;
    const tasksRun = placesAt(environments.environments, names).length > 0;
    if (account === environments.account) createArtifacts(this, names, environments);
    else if (isFirstOfItsAccount(environments, names)) {
      if (hasOwnBoundary(environments)) createBoundary(this, names);
      createForeignPlatformRoles(this, names, environments);
    }
    if (tasksRun) createBaseImages(this, names);
  }
}
