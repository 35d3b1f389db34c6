import {
  DescribeServiceRevisionsCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  ECSClient,
  ListServiceDeploymentsCommand,
  type ServiceDeploymentBrief,
  type ServiceDeploymentStatus,
  StopServiceDeploymentCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { releasedBy } from './live.ts';
import type { Target } from './target.ts';
import { type ActiveDeployment, revisionOf, type Version } from './versions.ts';

/** A service whose deployments ECS controls. */
export interface ServicePlace {
  cluster: string;
  service: string;
}

/** How one of its deployments stands. */
export interface ServiceDeployment {
  arn: string;
  taskDefinition: string;
  status: ServiceDeploymentStatus;
  reason: string;
  at: number;
}

const PER_CALL = 20;
const UNFINISHED: ServiceDeploymentStatus[] = [
  ...(['PENDING', 'IN_PROGRESS', 'STOP_REQUESTED'] as const),
  ...(['ROLLBACK_REQUESTED', 'ROLLBACK_IN_PROGRESS'] as const),
];

/** Releases that ECS deployed successfully and that can be deployed again, the newest revision first, each once. */
export async function releasesOf(target: Target, place: ServicePlace): Promise<Version[]> {
  const versions = new Map<string, Version>();
  for (const { taskDefinition, at } of await serviceDeployments(target, place, ['SUCCESSFUL'])) {
    const known = versions.get(taskDefinition);
    if (known && known.deployedAt >= at) continue;
    versions.set(taskDefinition, { taskDefinition, revision: revisionOf(taskDefinition), deployedAt: at });
  }
  const client = new ECSClient(target);
  const told = await Promise.all(
    [...versions.values()].map(async version => {
      const { taskDefinition } = version;
      const described = await client.send(new DescribeTaskDefinitionCommand({ taskDefinition }));
      if (described.taskDefinition?.status !== 'ACTIVE') return [];
      const { commit } = await releasedBy(target, taskDefinition);
      return commit ? [{ ...version, commit }] : []; // without a commit it is the seed
    }),
  );
  return told.flat().sort((a, b) => b.revision - a.revision);
}

/** What ECS does to a service now; `blue` is the version that it replaces, while that still runs. */
export async function activeRollout(
  target: Target,
  place: ServicePlace,
): Promise<ActiveDeployment | undefined> {
  const [newest] = await serviceDeployments(target, place, UNFINISHED);
  if (!newest) return undefined;
  const found = { id: newest.arn, status: newest.status };
  if (newest.status !== 'IN_PROGRESS') return found;
  const { services } = await new ECSClient(target).send(
    new DescribeServicesCommand({ cluster: place.cluster, services: [place.service] }),
  );
  const blue = services?.[0]?.deployments?.find(
    each => each.status !== 'INACTIVE' && each.taskDefinition !== newest.taskDefinition,
  )?.taskDefinition;
  return { ...found, ...(blue && { blue }) };
}

/** The newest deployment of a version. */
export async function rolloutOf(
  target: Target,
  place: ServicePlace,
  taskDefinition: string,
): Promise<ServiceDeployment | undefined> {
  return (await serviceDeployments(target, place)).find(each => each.taskDefinition === taskDefinition);
}

/** Deploys a version again, by the strategy that the service has. */
export async function rollOut(
  target: Target,
  { cluster, service }: ServicePlace,
  taskDefinition: string,
): Promise<void> {
  await new ECSClient(target).send(new UpdateServiceCommand({ cluster, service, taskDefinition }));
}

/** Takes a deployment under way back; false when it cannot be taken back any more. */
export async function takeBack(target: Target, serviceDeploymentArn: string): Promise<boolean> {
  return new ECSClient(target)
    .send(new StopServiceDeploymentCommand({ serviceDeploymentArn, stopType: 'ROLLBACK' }))
    .then(
      () => true,
      error => {
        if (error instanceof Error && error.name === 'ConflictException') return false;
        throw error;
      },
    );
}

/** Newest first. */
export async function serviceDeployments(
  target: Target,
  { cluster, service }: ServicePlace,
  status: ServiceDeploymentStatus[] = [],
): Promise<ServiceDeployment[]> {
  const client = new ECSClient(target);
  const found: ServiceDeploymentBrief[] = [];
  let nextToken: string | undefined;
  do {
    const page = await client.send(
      new ListServiceDeploymentsCommand({
        cluster,
        service,
        ...(status.length > 0 && { status }),
        nextToken,
      }),
    );
    found.push(...(page.serviceDeployments ?? []));
    nextToken = page.nextToken;
  } while (nextToken);
  const taskDefinitions = await taskDefinitionsOf(client, found);
  return found
    .map(each => ({
      arn: each.serviceDeploymentArn ?? '',
      taskDefinition: taskDefinitions.get(each.targetServiceRevisionArn ?? '') ?? '',
      status: each.status ?? 'PENDING',
      reason: each.statusReason ?? '',
      at: (each.finishedAt ?? each.createdAt)?.getTime() ?? 0,
      createdAt: each.createdAt?.getTime() ?? 0,
    }))
    .sort((a, b) => b.createdAt - a.createdAt)
    .map(({ createdAt: _, ...each }) => each);
}

async function taskDefinitionsOf(
  client: ECSClient,
  deployments: ServiceDeploymentBrief[],
): Promise<Map<string, string>> {
  const arns = [...new Set(deployments.flatMap(each => each.targetServiceRevisionArn ?? []))];
  const known = new Map<string, string>();
  for (let first = 0; first < arns.length; first += PER_CALL) {
    const serviceRevisionArns = arns.slice(first, first + PER_CALL);
    const answer = await client.send(new DescribeServiceRevisionsCommand({ serviceRevisionArns }));
    for (const { serviceRevisionArn = '', taskDefinition = '' } of answer.serviceRevisions ?? [])
      known.set(serviceRevisionArn, taskDefinition);
  }
  return known;
}
