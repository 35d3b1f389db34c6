import * as codecommit from 'aws-cdk-lib/aws-codecommit';
import { RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { Names } from '../names.ts';

/**
 * The CodeCommit repository, kept with its stack like all data: it could not be made or imported again under its name. It
 * is deployed by people only, before the first push, so no pipeline may change or delete what it is fed from.
 */
export class RepositoryStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps & { names: Names }) {
    super(scope, id, props);
    new codecommit.Repository(this, 'Repository', {
      repositoryName: props.names.repository,
      description: 'The monorepo of services and platform',
    }).applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
  }
}
