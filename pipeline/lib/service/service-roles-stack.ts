import type { Contract, Environments } from '@slipway/contract';
import { Stack, type StackProps } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { Names } from '../names.ts';
import { createForeignServiceRoles } from '../roles/service-roles.ts';

export interface ServiceRolesProps extends StackProps {
  /** As seen from the pipelines' home. */
  readonly names: Names;
  readonly environments: Environments;
  readonly service: Contract;
  readonly account: string;
}

/**
 * The roles of a service in an account that is not the pipelines' home. The platform deploys them there before the
 * service's pipeline, which acts with them; so a team's commit can neither make nor change one.
 */
export class ServiceRolesStack extends Stack {
  constructor(scope: Construct, id: string, props: ServiceRolesProps) {
    super(scope, id, props);
    createForeignServiceRoles(this, props);
  }
}
