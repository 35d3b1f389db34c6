import type { Contract, Sidecar } from '@slipway/contract';
import type { Names } from '../names.ts';
import { type SecretReference, secretReferences } from './secrets.ts';
import type { Placement } from './task-definition.ts';
import { sidecarVariables } from './variables.ts';

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html */
export interface ContainerDefinition {
  readonly name: string;
  readonly image: string;
  readonly essential: boolean;
  readonly cpu?: number;
  readonly memory?: number;
  readonly command?: readonly string[];
  readonly portMappings: readonly {
    /** By which Service Connect finds the service's own port; a service may move to ECS's controller any day. */
    readonly name?: string;
    readonly appProtocol?: 'http';
    readonly containerPort: number;
    readonly protocol: 'tcp';
  }[];
  readonly environment: readonly { readonly name: string; readonly value: string }[];
  readonly secrets?: readonly SecretReference[];
  readonly dependsOn?: readonly { readonly containerName: string; readonly condition: string }[];
  readonly healthCheck?: {
    readonly command: readonly string[];
    readonly interval: number;
    readonly timeout: number;
    readonly retries: number;
    readonly startPeriod?: number;
  };
  readonly logConfiguration: {
    readonly logDriver: 'awslogs';
    readonly options: Readonly<Record<string, string>>;
  };
  readonly linuxParameters: { readonly initProcessEnabled: boolean };
  readonly stopTimeout?: number;
}

/**
 * What runs beside the service in each of its tasks. A sidecar of the service's own image is told of the release as the
 * service is, by `release`.
 */
export function sidecarDefinitions(
  placement: Placement,
  release: Readonly<Record<string, string>>,
): ContainerDefinition[] {
  return Object.entries(placement.service.containers).map(([name, sidecar]) =>
    definition(placement, { name, sidecar, release }),
  );
}

function definition(
  placement: Placement,
  { name, sidecar, release }: { name: string; sidecar: Sidecar; release: Readonly<Record<string, string>> },
): ContainerDefinition {
  const { names, service, environment } = placement;
  const secrets = secretReferences(names, service, environment.name, sidecar.secrets);
  const waits = dependencies(sidecar.dependsOn);
  return {
    name,
    image: sidecar.image === undefined ? ownImage(placement) : imageReference(names, sidecar.image),
    essential: sidecar.essential,
    cpu: sidecar.cpu,
    memory: sidecar.memory,
    ...(sidecar.command && { command: sidecar.command }),
    portMappings: sidecar.ports.map(containerPort => ({ containerPort, protocol: 'tcp' })),
    environment: variableList(
      sidecar.image === undefined
        ? { ...sidecarVariables(placement, sidecar), ...release }
        : sidecar.environment,
    ),
    ...(secrets.length > 0 && { secrets }),
    ...(waits.length > 0 && { dependsOn: waits }),
    ...(sidecar.health && { healthCheck: healthCheck(sidecar.health) }),
    logConfiguration: logsOf(placement, name),
    linuxParameters: { initProcessEnabled: true },
  };
}

function healthCheck({ command, interval, timeout, retries, grace }: NonNullable<Sidecar['health']>) {
  const how = ['CMD', 'CMD-SHELL'].includes(command[0]!) ? command : ['CMD', ...command];
  return { command: how, interval, timeout, retries, ...(grace > 0 && { startPeriod: grace }) };
}

/**
 * The image of the release in the registry of the task's region; the build fills in `<SLIPWAY_DIGEST>`. That CodePipeline
 * fills in `<IMAGE1_NAME>` more than once is nowhere documented, so only the service's own container has that.
 */
export function ownImage({ names, service }: Pick<Placement, 'names' | 'service'>): string {
  return `${names.imageRegistry}/${names.service(service.name).imageRepository}@<SLIPWAY_DIGEST>`;
}

const PUBLIC_REGISTRY = 'public.ecr.aws/';

/**
 * Public images come through the account's own registry, which fetches them once and keeps them (a pull-through cache):
 * a task starts without the public registry, and the execution role may pull exactly these.
 */
export function imageReference(names: Names, image: string): string {
  return image.startsWith(PUBLIC_REGISTRY)
    ? `${names.baseRegistry}/${image.slice(PUBLIC_REGISTRY.length)}`
    : image;
}

/** The repositories of a service's sidecars, as ARNs, without its own. */
export function sidecarRepositories(names: Names, { containers }: Contract): string[] {
  const images = Object.values(containers).flatMap(({ image }) => image ?? []);
  const arns = images.map(image => {
    const [registry = '', ...path] = image
      .replace(/@.*$/, '')
      .replace(/:[^:/]*$/, '')
      .split('/');
    const repository = `repository/${path.join('/')}`;
    if (`${registry}/` === PUBLIC_REGISTRY)
      return names.arn('ecr', `repository/${names.baseImagePrefix}/${path.join('/')}`);
    const [account, , , region] = registry.split('.');
    return `${names.arn('ecr', '').split(':').slice(0, 3).join(':')}:${region}:${account}:${repository}`;
  });
  return [...new Set(arns)].sort();
}

export function dependencies(dependsOn: Sidecar['dependsOn']) {
  return Object.entries(dependsOn).map(([containerName, condition]) => ({ containerName, condition }));
}

export function variableList(variables: Readonly<Record<string, string>>): { name: string; value: string }[] {
  return Object.entries(variables)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => ({ name, value }));
}

/** The service's log group; each container has streams of its own. */
export function logsOf({ names, service, environment }: Placement, container: string) {
  return {
    logDriver: 'awslogs' as const,
    options: {
      'awslogs-group': names.deployed(service.name, environment.name).logGroup,
      'awslogs-region': environment.region,
      'awslogs-stream-prefix': container,
    },
  };
}
