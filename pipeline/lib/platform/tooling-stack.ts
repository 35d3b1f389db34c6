import type { Environments } from '@slipway/contract';
import * as codecommit from 'aws-cdk-lib/aws-codecommit';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { Names } from '../names.ts';
import { createBoundary, hasOwnBoundary } from '../roles/boundary.ts';
import { createPlatformRoles } from '../roles/platform-roles.ts';
import { createNotifications } from './notifications.ts';
import { createRolloutFunction } from './rollout-function.ts';
import { createSupersedeFunction } from './supersede-function.ts';

/**
 * What the pipelines stand on, once per account and region: the repository, the bucket for artifacts, the way to
 * the public base image, the function that rejects overtaken approvals and the roles of the platform pipeline. The pipeline updates this stack before its own,
 * so it never takes away the role it works with.
 */
export class ToolingStack extends Stack {
  constructor(
    scope: Construct,
    id: string,
    props: StackProps & { names: Names; environments: Environments },
  ) {
    super(scope, id, props);
    const { names, environments } = props;

    if (names.source.provider === 'codecommit')
      new codecommit.Repository(this, 'Repository', {
        repositoryName: names.repository,
        description: 'The monorepo of services and platform',
      }).applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);

    new s3.Bucket(this, 'Artifacts', {
      bucketName: names.artifactBucket,
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      encryption: s3.BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      versioned: true,
      lifecycleRules: [{ expiration: Duration.days(90), noncurrentVersionExpiration: Duration.days(30) }],
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE, // a creation that fails leaves nothing behind
    });

    new ecr.CfnPullThroughCacheRule(this, 'BaseImages', {
      ecrRepositoryPrefix: names.baseImagePrefix,
      upstreamRegistryUrl: 'public.ecr.aws',
    });

    createSupersedeFunction(this, { names, architecture: environments.architecture });
    createNotifications(this, { names, environments });
    createRolloutFunction(this, { names, environments });
    if (hasOwnBoundary(environments)) createBoundary(this, names);
    createPlatformRoles(this, names, environments);
  }
}
