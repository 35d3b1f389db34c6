import type { Contract, Environments } from '@slipway/contract';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { Names } from '../names.ts';
import { PULL } from '../roles/service-permissions.ts';

/**
 * The registry of a service's images, which stays when the service goes. It has a stack of its own because CloudFormation
 * cannot create what is there already, and no action of CodePipeline can import it: when the service comes back, its
 * pipeline finds the stack that was kept, up to date.
 *
 * There is one in each region, always in the pipelines' home account: tasks pull from their own region. An image is pushed
 * to all of them by the build that made it, before anything is released.
 */
export class ImagesStack extends Stack {
  constructor(
    scope: Construct,
    id: string,
    props: StackProps & { names: Names; environments: Environments; service: Contract },
  ) {
    super(scope, id, props);
    const { names, environments, service } = props;
    const images = new ecr.Repository(this, 'Images', {
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
    for (const puller of foreignPullers(names, environments, service)) {
      images.addToResourcePolicy(new iam.PolicyStatement({ ...puller, actions: PULL }));
    }
  }
}

/**
 * Tasks in other accounts pull from here. The policy names their account and lets in only their execution roles: it
 * cannot name the roles themselves, since ECR refuses a policy with a role that is not there yet.
 */
function foreignPullers(names: Names, environments: Environments, service: Contract) {
  const foreign = environments.environments.filter(
    place => place.region === names.region && place.account !== environments.account,
  );
  return [...Map.groupBy(foreign, place => place.account)].map(([account, places]) => {
    const { deployed, roleArn } = names.at({ account, region: names.region });
    const roles = places.map(place => roleArn(deployed(service.name, place.name).roles.execution));
    return {
      principals: [new iam.AccountPrincipal(account)],
      conditions: { ArnEquals: { 'aws:PrincipalArn': roles } },
    };
  });
}
