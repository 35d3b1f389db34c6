import {
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  ECSClient,
  type Service,
} from '@aws-sdk/client-ecs';
import type { Target } from './target.ts';

/** What runs of a service in one environment. */
export interface LiveService {
  environment: string;
  service: string;
  taskDefinition: string;
  desired: number;
  running: number;
  /** Undefined while only the seed runs: nothing has been released. */
  commit?: string;
  inputs?: string;
}

/** What production traffic of `services` goes to in an environment; a service that is not there is left out. */
export async function liveServices(
  target: Target,
  where: { product: string; environment: string; services: string[] },
): Promise<LiveService[]> {
  const client = new ECSClient(target);
  const cluster = `${where.product}-${where.environment}`;
  const described = await describe(client, cluster, where.services);
  return Promise.all(
    described.map(async service => {
      const primary = service.taskSets?.find(set => set.status === 'PRIMARY');
      const taskDefinition = primary?.taskDefinition ?? service.taskDefinition ?? '';
      const variables = await releaseVariables(client, taskDefinition);
      return {
        environment: where.environment,
        service: service.serviceName ?? '',
        taskDefinition,
        desired: service.desiredCount ?? 0,
        running: primary?.runningCount ?? service.runningCount ?? 0,
        ...(variables.get('SLIPWAY_COMMIT') ? { commit: variables.get('SLIPWAY_COMMIT')! } : {}),
        ...(variables.get('SLIPWAY_INPUTS') ? { inputs: variables.get('SLIPWAY_INPUTS')! } : {}),
      };
    }),
  );
}

/** ECS describes at most ten services a call. */
const PER_CALL = 10;

async function describe(client: ECSClient, cluster: string, services: string[]): Promise<Service[]> {
  const found: Service[] = [];
  for (let first = 0; first < services.length; first += PER_CALL) {
    const page = services.slice(first, first + PER_CALL);
    try {
      const answer = await client.send(new DescribeServicesCommand({ cluster, services: page }));
      found.push(...(answer.services ?? []).filter(service => service.status === 'ACTIVE'));
    } catch (error) {
      if (error instanceof Error && error.name === 'ClusterNotFoundException') return [];
      throw error;
    }
  }
  return found;
}

/** The commit that a task definition was released with; undefined for a seed. */
export async function releasedBy(target: Target, taskDefinition: string): Promise<{ commit?: string }> {
  const commit = (await releaseVariables(new ECSClient(target), taskDefinition)).get('SLIPWAY_COMMIT');
  return commit ? { commit } : {};
}

/** What a task set of a service runs; undefined once it is gone. */
export async function taskDefinitionOfSet(
  target: Target,
  serviceArn: string,
  taskSet: string,
): Promise<string | undefined> {
  const [, cluster = '', service = ''] = serviceArn.slice(serviceArn.lastIndexOf(':') + 1).split('/');
  const [found] = await describe(new ECSClient(target), cluster, [service]);
  return found?.taskSets?.find(set => set.id === taskSet)?.taskDefinition;
}

async function releaseVariables(client: ECSClient, taskDefinition: string): Promise<Map<string, string>> {
  if (!taskDefinition) return new Map();
  const answer = await client.send(new DescribeTaskDefinitionCommand({ taskDefinition }));
  const containers = answer.taskDefinition?.containerDefinitions ?? [];
  return new Map(
    containers.flatMap(container =>
      (container.environment ?? []).map(each => [each.name ?? '', each.value ?? ''] as const),
    ),
  );
}
