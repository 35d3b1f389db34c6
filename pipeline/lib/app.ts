import { readFileSync } from 'node:fs';
import type { Contract, Environment, Environments } from '@slipway/contract';
import { App, DefaultStackSynthesizer, type StackProps } from 'aws-cdk-lib/core';
import { createNames } from './names.ts';
import { hasData } from './pipelines/blueprint.ts';
import { DefinitionStack } from './pipelines/definition-stack.ts';
import { DeliveryPipelineStack } from './pipelines/delivery-pipeline-stack.ts';
import { PlatformPipelineStack } from './pipelines/platform-pipeline-stack.ts';
import { ClusterStack } from './platform/cluster-stack.ts';
import { FurtherToolingStack } from './platform/further-tooling-stack.ts';
import { NetworkStack } from './platform/network-stack.ts';
import { RepositoryStack } from './platform/repository-stack.ts';
import { ToolingStack } from './platform/tooling-stack.ts';
import { applyBoundary } from './roles/boundary.ts';
import { DataStack } from './service/data-stack.ts';
import { ImagesStack } from './service/images-stack.ts';
import { ServiceRolesStack } from './service/service-roles-stack.ts';
import { ServiceStack } from './service/service-stack.ts';
import { otherAccountsOf, regionsOf, spotsOf } from './spots.ts';
import { addTags, serviceTags } from './tags.ts';

export interface Definition {
  readonly environments: Environments;
  readonly services: readonly Contract[];
  /** The hash of everything that defines the pipelines. */
  readonly definition: string;
  /** The hash of what the platform itself is made of. */
  readonly platform: string;
}

/** Everything: the platform and the stacks of all services. */
export function createApp(outdir: string, definition: Definition): App {
  const app = emptyApp(outdir);
  addPlatform(app, definition);
  for (const environment of definition.environments.environments)
    addEnvironment(app, definition, environment);
  for (const service of definition.services) addService(app, definition.environments, service);
  addDefinition(app, definition); // last: it reads what the others wrote
  applyBoundary(app, createNames(definition.environments));
  return app;
}

/** What a service's own pipeline deploys: its data and itself, in every environment. */
export function createServiceApp(outdir: string, environments: Environments, service: Contract): App {
  const app = emptyApp(outdir);
  addService(app, environments, service);
  return app;
}

function addPlatform(app: App, { environments, services }: Definition): void {
  const names = createNames(environments);
  const { stacks, repository } = names;
  const props = () => ({ ...stackProps(environments), names, environments });

  const tooling = new ToolingStack(app, stacks.tooling, props());
  const [, ...elsewhere] = spotsOf(environments);
  for (const spot of elsewhere) {
    const further = new FurtherToolingStack(app, stacks.toolingAt(spot), {
      ...{ ...stackProps(spot), names: names.at(spot), environments },
    });
    further.addStackDependency(tooling);
    addTags(further, { repository });
  }
  const pipeline = new PlatformPipelineStack(app, stacks.platformPipeline, { ...props(), services });
  for (const stack of [tooling, pipeline]) addTags(stack, { repository });
  if (names.source.provider === 'codecommit') {
    const source = new RepositoryStack(app, stacks.repository, props());
    pipeline.addStackDependency(source);
    addTags(source, { repository });
  }

  const deliveries = services.map(service => {
    const images = regionsOf(environments).map(region => {
      const spot = { account: environments.account, region };
      const own = { ...stackProps(spot), names: names.at(spot), environments, service };
      return new ImagesStack(app, stacks.imagesAt(service.name, region), own);
    });
    const roles = otherAccountsOf(environments).map(account => {
      const first = spotsOf(environments).find(spot => spot.account === account)!;
      const own = { ...stackProps(first), names, environments, service, account };
      return new ServiceRolesStack(app, stacks.roles(service.name, account), own);
    });
    const delivery = new DeliveryPipelineStack(app, stacks.pipeline(service.name), { ...props(), service });
    for (const stack of [...images, ...roles]) delivery.addStackDependency(stack);
    for (const stack of [...images, ...roles, delivery])
      addTags(stack, { repository, service: service.name, team: service.team });
    return delivery;
  });
  for (const stack of [pipeline, ...deliveries]) stack.addStackDependency(tooling);
}

function addDefinition(app: App, definition: Definition): void {
  const { environments } = definition;
  const names = createNames(environments);
  const props = { ...stackProps(environments), ...definition, names };
  addTags(new DefinitionStack(app, names.stacks.definition, props), { repository: names.repository });
}

function addEnvironment(app: App, { environments }: Definition, environment: Environment): void {
  const names = createNames(environments).at(environment);
  const props = () => ({ ...stackProps(environment), names, environment });
  const { architecture } = environments;
  const network = new NetworkStack(app, names.stacks.network(environment.name), props());
  const cluster = new ClusterStack(app, names.stacks.cluster(environment.name), {
    ...props(),
    architecture,
  });
  cluster.addStackDependency(network);
  for (const stack of [network, cluster]) {
    addTags(stack, { repository: names.repository, environment: environment.environment });
  }
}

function addService(app: App, environments: Environments, service: Contract): void {
  const { architecture } = environments;
  for (const environment of environments.environments) {
    const names = createNames(environments).at(environment);
    const props = () => ({ ...stackProps(environment), names, environment, service, architecture });
    const tags = serviceTags(names.repository, service, environment.environment);
    const stack = new ServiceStack(app, names.stacks.service(service.name, environment.name), props());
    addTags(stack, tags);
    if (!hasData(service)) continue;
    const data = new DataStack(app, names.stacks.data(service.name, environment.name), props());
    addTags(data, tags);
    stack.addStackDependency(data);
  }
}

/**
 * Account and region are explicit: synthesis never asks the machine or AWS where it is. Each stack has a synthesizer
 * of its own, since one that is shared lists every stack's template in every stack's assets.
 */
function stackProps({ account, region }: { account: string; region: string }): StackProps {
  return {
    env: { account, region },
    synthesizer: new DefaultStackSynthesizer({ generateBootstrapVersionRule: false }),
  };
}

/**
 * Flags come from cdk.json and from nowhere else, and no stack trace tells where the checkout lies: so the same
 * definition gives the same bytes on every machine, with and without the CDK command line.
 */
function emptyApp(outdir: string): App {
  const { context } = JSON.parse(readFileSync(new URL('../cdk.json', import.meta.url), 'utf8')) as {
    context: Record<string, unknown>;
  };
  return new App({
    outdir,
    postCliContext: {
      ...context,
      'aws:cdk:disable-creation-stack-traces': true,
      'aws:cdk:enable-path-metadata': false,
      'aws:cdk:enable-asset-metadata': false,
      // A guard tells it of the service that is too large, where CDK would stop everything.
      '@aws-cdk/core:stackResourceLimit': 0,
    },
    analyticsReporting: false,
    treeMetadata: false,
    stackTraces: false,
  });
}
