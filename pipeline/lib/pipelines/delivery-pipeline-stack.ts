import type { Contract, Environments } from '@slipway/contract';
import { Stack, type StackProps } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { Names } from '../names.ts';
import { importArtifacts } from '../platform/artifacts.ts';
import { createServiceRoles } from '../roles/service-roles.ts';
import { regionsOf } from '../spots.ts';
import { deliveryBlueprint } from './blueprint.ts';
import { createBuildProject } from './build-project.ts';
import { buildPipeline } from './pipeline-builder.ts';

/** What brings one service to its users: roles, builds, pipeline. */
export class DeliveryPipelineStack extends Stack {
  constructor(
    scope: Construct,
    id: string,
    props: StackProps & { names: Names; environments: Environments; service: Contract },
  ) {
    super(scope, id, props);
    const { names, environments, service } = props;
    const own = names.service(service.name);
    const artifactBucket = importArtifacts(this, names);
    const roles = createServiceRoles(this, names, environments, service);

    const [, ...further] = regionsOf(environments);
    const common = { names, artifactBucket, architecture: environments.architecture };
    const build = createBuildProject(this, 'Build', {
      ...{ ...common, name: own.build, role: roles[own.roles.build]!, buildSpec: 'build.yml' },
      ...{ description: `Tests, packs and pushes ${service.name}`, size: 'medium', timeoutMinutes: 30 },
      variables: {
        ...{ SERVICE: service.name, REPOSITORY: own.imageRepository, REGISTRY: names.baseRegistry },
        ...(further.length > 0 && { REGIONS: further.join(' ') }),
      },
    });

    buildPipeline(this, deliveryBlueprint(names, environments, service), {
      ...common,
      pipelineRole: roles[own.roles.pipeline]!,
      role: name => roles[name]!,
      projects: { [own.build]: build },
    });
  }
}
