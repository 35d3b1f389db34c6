import type { Contract } from '@slipway/contract';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import { Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { Names } from '../names.ts';

/**
 * The registry of a service's images, which stays when the service goes. It has a stack of its own because CloudFormation
 * cannot create what is there already, and no action of CodePipeline can import it: when the service comes back, its
 * pipeline finds the stack that was kept, up to date.
 */
export class ImagesStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps & { names: Names; service: Contract }) {
    super(scope, id, props);
    const { names, service } = props;
    new ecr.Repository(this, 'Images', {
      repositoryName: names.service(service.name).imageRepository,
      imageTagMutability: ecr.TagMutability.IMMUTABLE,
      imageScanOnPush: true,
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
      lifecycleRules: [
        {
          description: 'Keep the newest versions',
          maxImageCount: 200,
          tagStatus: ecr.TagStatus.ANY,
          rulePriority: 2,
        },
        {
          ...{ description: 'Forget what lost its tag', tagStatus: ecr.TagStatus.UNTAGGED, rulePriority: 1 },
          maxImageAge: Duration.days(14),
        },
      ],
    });
  }
}
