import type { Contract, Environment } from '@slipway/contract';
import type { Names } from '../names.ts';
import { compatibilityOf } from './capacity.ts';
import {
  type ContainerDefinition,
  dependencies,
  logsOf,
  ownImage,
  sidecarDefinitions,
  variableList,
} from './container-definition.ts';
import { type SecretReference, secretReferences } from './secrets.ts';
import { PORT_NAME } from './service-connect.ts';
import { serviceVariables } from './variables.ts';

/** As RegisterTaskDefinition takes it; CodeDeploy's action registers the file `taskdef.json` of this shape. */
export interface TaskDefinition {
  readonly family: string;
  readonly networkMode: 'awsvpc';
  readonly requiresCompatibilities: readonly string[];
  readonly cpu: string;
  readonly memory: string;
  readonly executionRoleArn: string;
  readonly taskRoleArn: string;
  readonly runtimePlatform: { readonly cpuArchitecture: string; readonly operatingSystemFamily: string };
  /** The service's own container first. */
  readonly containerDefinitions: readonly [OwnContainer, ...ContainerDefinition[]];
  readonly tags?: readonly { readonly key: string; readonly value: string }[];
}

/** The service's own container. */
export type OwnContainer = ContainerDefinition & { readonly essential: true; readonly stopTimeout: number };

/** Where a task runs: the service's contract, the environment, and the architecture of both. */
export interface Placement {
  readonly names: Names;
  readonly service: Contract;
  readonly environment: Pick<Environment, 'name' | 'environment' | 'region' | 'capacity' | 'domain'>;
  readonly architecture: string;
}

/**
 * The task definition of a release, before the build fills in `<SLIPWAY_COMMIT>` and `<SLIPWAY_INPUTS>` and
 * CodePipeline `<IMAGE1_NAME>`.
 */
export function releaseTaskDefinition(
  placement: Placement,
  { tags, definition }: { tags: Readonly<Record<string, string>>; definition: string },
): TaskDefinition {
  const { names, service, environment } = placement;
  const release = {
    SLIPWAY_COMMIT: '<SLIPWAY_COMMIT>',
    SLIPWAY_INPUTS: '<SLIPWAY_INPUTS>',
    SLIPWAY_DEFINITION: definition,
  };
  return {
    ...taskDefinition(placement, {
      ...{
        image: releaseImage(placement),
        variables: release,
        sidecars: sidecarDefinitions(placement, release),
      },
      secrets: secretReferences(names, service, environment.name, service.secrets),
    }),
    tags: asTags({ ...tags, 'slipway:commit': '<SLIPWAY_COMMIT>' }),
  };
}

/**
 * CodePipeline fills in where the build's own region has the image. It knows one image per artifact, so for other regions
 * it is stated here, and the build fills in `<SLIPWAY_DIGEST>`.
 */
function releaseImage(placement: Placement): string {
  const { names } = placement;
  return names.region === names.origin.region ? '<IMAGE1_NAME>' : ownImage(placement);
}

/** Tags as RegisterTaskDefinition takes them. */
export function asTags(tags: Readonly<Record<string, string>>): { key: string; value: string }[] {
  return Object.entries(tags).map(([key, value]) => ({ key, value }));
}

/**
 * The service's first task definition, which needs no build: the base image with a server that answers the health
 * check and says "not released yet". It is constant, so a release never changes a template. It has neither sidecars nor
 * secrets: the service can be created before anybody has filled in a secret, and its creation waits for no other image.
 */
export function seedTaskDefinition(placement: Placement): TaskDefinition {
  const command = ['node', '-e', seedServer(placement.service)];
  return taskDefinition(placement, { image: placement.names.baseImage, command, variables: {} });
}

function seedServer({ health }: Contract): string {
  return [
    `const s=require('node:http').createServer((q,r)=>{const ok=q.url.split('?')[0]==='${health.path}';`,
    `r.writeHead(ok?200:503,{'content-type':'text/plain'}).end(ok?'ok':'not released yet')})`,
    `.listen(process.env.PORT,process.env.HOST);s.keepAliveTimeout=75e3;`,
    `process.on('SIGTERM',()=>s.close(()=>process.exit()))`,
  ].join('');
}

function taskDefinition(
  placement: Placement,
  container: {
    readonly image: string;
    readonly command?: readonly string[];
    readonly variables: Readonly<Record<string, string>>;
    readonly secrets?: readonly SecretReference[];
    readonly sidecars?: readonly ContainerDefinition[];
  },
): TaskDefinition {
  const { names, service, environment, architecture } = placement;
  const { family, roles } = names.deployed(service.name, environment.name);
  const { image, command, variables, secrets = [], sidecars } = container;
  // The seed has no sidecars, so it waits for none.
  const waits = sidecars === undefined ? [] : dependencies(service.dependsOn);
  return {
    family,
    networkMode: 'awsvpc',
    requiresCompatibilities: [compatibilityOf(environment)],
    cpu: String(service.cpu),
    memory: String(service.memory),
    executionRoleArn: names.roleArn(roles.execution),
    taskRoleArn: names.roleArn(roles.task),
    runtimePlatform: { cpuArchitecture: architecture, operatingSystemFamily: 'LINUX' },
    containerDefinitions: [
      {
        name: service.name,
        image,
        essential: true,
        ...(command && { command }),
        portMappings: [
          { name: PORT_NAME, appProtocol: 'http', containerPort: service.port, protocol: 'tcp' },
        ],
        environment: variableList({ ...serviceVariables(names, service, environment), ...variables }),
        ...(secrets.length > 0 && { secrets }),
        ...(waits.length > 0 && { dependsOn: waits }),
        logConfiguration: logsOf(placement, service.name),
        linuxParameters: { initProcessEnabled: true },
        stopTimeout: 60,
      },
      ...(sidecars ?? []),
    ],
  };
}
