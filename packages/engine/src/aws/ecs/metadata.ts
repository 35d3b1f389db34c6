import type { RawFace } from '../../core/api.ts';
import { arn } from '../../core/arn.ts';
import type { ContainerHealth } from './container-health.ts';
import type { Ecs } from './ecs.ts';
import { METADATA_PREFIX } from './launch.ts';
import type { Task, TaskContainer } from './task.ts';
import { findTaskDefinition } from './task-definition.ts';

/**
 * The task metadata endpoint, version 4: `<token>` tells of the container, `<token>/task` of its task. The token is
 * the secret that only the container gets.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4-fargate-response.html
 */
export function metadataFace(ecs: Ecs): RawFace {
  return {
    prefix: METADATA_PREFIX,
    handle: async (request, response) => {
      const path = (request.url ?? '').slice(METADATA_PREFIX.length).split('?')[0] ?? '';
      const answer = answerFor(ecs, path);
      response.writeHead(answer ? 200 : 404, { 'content-type': 'application/json' });
      response.end(JSON.stringify(answer ?? { message: 'no such metadata' }));
    },
  };
}

function answerFor(ecs: Ecs, path: string): object | undefined {
  const [token, kind, ...more] = path.split('/');
  const found = ecs.tables.tasks
    .values()
    .flatMap(task => task.containers.map(container => ({ task, container })))
    .find(({ container }) => container.token === token);
  if (!found || more.length > 0) return undefined;
  if (kind === undefined || kind === '') return containerMetadata(ecs, found.task, found.container);
  return kind === 'task' ? taskMetadata(ecs, found.task) : undefined;
}

function taskMetadata(ecs: Ecs, task: Task): object {
  const definition = findTaskDefinition(ecs, task.taskDefinition);
  return {
    Cluster: arn('ecs', ecs.context, `cluster/${task.cluster}`),
    TaskARN: task.arn,
    Family: definition?.family,
    Revision: definition && String(definition.revision),
    ServiceName: task.group.startsWith('service:') ? task.group.slice('service:'.length) : undefined,
    DesiredStatus: task.desiredStatus,
    KnownStatus: task.lastStatus,
    Limits: limits(definition?.definition.cpu, definition?.definition.memory),
    PullStartedAt: iso(task.pullStartedAt),
    PullStoppedAt: iso(task.pullStoppedAt),
    AvailabilityZone: `${ecs.context.region}a`,
    LaunchType: 'FARGATE',
    Containers: task.containers.map(container => containerMetadata(ecs, task, container)),
  };
}

function containerMetadata(ecs: Ecs, task: Task, container: TaskContainer): object {
  const definition = findTaskDefinition(ecs, task.taskDefinition);
  const declared = definition?.definition.containerDefinitions.find(each => each.name === container.name);
  return {
    DockerId: container.runtimeId,
    Name: container.name,
    DockerName: container.name,
    Image: container.image,
    ImageID: container.imageDigest,
    Labels: {
      ...declared?.dockerLabels,
      'com.amazonaws.ecs.cluster': arn('ecs', ecs.context, `cluster/${task.cluster}`),
      'com.amazonaws.ecs.container-name': container.name,
      'com.amazonaws.ecs.task-arn': task.arn,
      'com.amazonaws.ecs.task-definition-family': definition?.family,
      'com.amazonaws.ecs.task-definition-version': definition && String(definition.revision),
    },
    DesiredStatus: task.desiredStatus,
    KnownStatus: container.lastStatus,
    Limits: limits(declared?.cpu, declared?.memory),
    CreatedAt: iso(task.pullStoppedAt),
    StartedAt: iso(task.startedAt),
    Type: 'NORMAL',
    Health: container.health && healthMetadata(container.health),
    ContainerARN: container.arn,
    LogDriver: declared?.logConfiguration?.logDriver,
    LogOptions: container.log && {
      'awslogs-group': container.log.group,
      'awslogs-region': ecs.context.region,
      'awslogs-stream': container.log.stream,
    },
    Networks: [
      {
        NetworkMode: 'awsvpc',
        IPv4Addresses: task.placement ? [task.placement.address] : [],
        AttachmentIndex: 0,
      },
    ],
  };
}

function healthMetadata({ status, since, output }: ContainerHealth): object {
  return { status, statusSince: iso(since), ...(output !== undefined && { output }) };
}

/** CPU in vCPUs of 1024 units, memory in MiB. */
function limits(cpu: string | number | undefined, memory: string | number | undefined): object {
  return {
    ...(cpu === undefined ? {} : { CPU: Number(cpu) / 1024 }),
    ...(memory === undefined ? {} : { Memory: Number(memory) }),
  };
}

function iso(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : new Date(ms).toISOString();
}
