import * as ecr from 'aws-cdk-lib/aws-ecr';
import type { Construct } from 'constructs';
import type { Names } from '../names.ts';

/** The way to public base images through the account's own registry, which keeps what was pulled once. */
export function createBaseImages(scope: Construct, names: Names): void {
  new ecr.CfnPullThroughCacheRule(scope, 'BaseImages', {
    ecrRepositoryPrefix: names.baseImagePrefix,
    upstreamRegistryUrl: 'public.ecr.aws',
  });
}
