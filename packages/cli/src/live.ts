import {
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  ECSClient,
  type Service,
} from '@aws-sdk/client-ecs';
import { groupOfPlace } from './places.ts';
import type { Target } from './target.ts';

/** What runs of a service in one environment. */
export interface LiveService {
  environment: string;
  service: string;
  taskDefinition: string;
  desired: number;
  running: number;
  /** Who deploys it. */
  controller: 'codedeploy' | 'ecs';
  /** The task definition that ECS is bringing, while what it replaces still runs. */
  rollout?: string;
  /** Undefined, as are the three below, while only the seed runs: nothing has been released. */
  commit?: string;
  /** The hash of what its image was built of. */
  inputs?: string;
  /** The hash of what the definition made of it here. */
  definition?: string;
  /** Digest of the image that runs. */
  digest?: string;
}

/** What production traffic of `services` goes to in an environment; a service that is not there is left out. */
export async function liveServices(
  target: Target,
  where: { product: string; environment: string; services: string[] },
): Promise<LiveService[]> {
  const client = new ECSClient(target);
  const cluster = `${where.product}-${groupOfPlace(where.environment)}`;
  const described = await describe(client, cluster, where.services);
  return Promise.all(
    described.map(async service => {
      const primary = service.taskSets?.find(set => set.status === 'PRIMARY');
      const rollout = primary ? undefined : rolloutIn(service);
      const taskDefinition = primary?.taskDefinition ?? rollout?.replaces ?? service.taskDefinition ?? '';
      return {
        environment: where.environment,
        service: service.serviceName ?? '',
        taskDefinition,
        desired: service.desiredCount ?? 0,
        running: primary?.runningCount ?? service.runningCount ?? 0,
        controller: service.deploymentController?.type === 'CODE_DEPLOY' ? 'codedeploy' : 'ecs',
        ...(rollout && { rollout: rollout.brings }),
        ...(await releaseOf(client, taskDefinition)),
      };
    }),
  );
}

/** A deployment by ECS's own controller that is under way: until it is over, what it replaces counts as live. */
export function rolloutIn({
  deployments = [],
}: Pick<Service, 'deployments'>): { brings: string; replaces: string } | undefined {
  const primary = deployments.find(each => each.status === 'PRIMARY');
  const former = deployments.find(each => each.status === 'ACTIVE' && (each.runningCount ?? 0) > 0);
  if (!primary?.taskDefinition || !former?.taskDefinition) return undefined;
  if (primary.rolloutState === 'COMPLETED' || former.taskDefinition === primary.taskDefinition)
    return undefined;
  return { brings: primary.taskDefinition, replaces: former.taskDefinition };
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
  return releaseOf(new ECSClient(target), taskDefinition);
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

/** What the release that registered a task definition wrote into it. */
async function releaseOf(
  client: ECSClient,
  taskDefinition: string,
): Promise<Pick<LiveService, 'commit' | 'inputs' | 'definition' | 'digest'>> {
  if (!taskDefinition) return {};
  const answer = await client.send(new DescribeTaskDefinitionCommand({ taskDefinition }));
  const containers = answer.taskDefinition?.containerDefinitions ?? [];
  const variables = containers.flatMap(({ environment, image = '' }) =>
    (environment ?? []).map(({ name = '', value = '' }) => ({ name, value, image })),
  );
  const released = variables.find(({ name }) => name === 'SLIPWAY_COMMIT');
  const find = (wanted: string) => variables.find(({ name }) => name === wanted)?.value;
  const [commit, inputs, definition] = [released?.value, find('SLIPWAY_INPUTS'), find('SLIPWAY_DEFINITION')];
  const digest = released?.image.split('@')[1];
  return {
    ...(commit && { commit }),
    ...(inputs && { inputs }),
    ...(definition && { definition }),
    ...(digest && { digest }),
  };
}
