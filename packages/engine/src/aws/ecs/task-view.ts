import { arn } from '../../core/arn.ts';
import { taskHealth } from './container-health.ts';
import type { Ecs } from './ecs.ts';
import type { Task, TaskContainer } from './task.ts';
import { findTaskDefinition } from './task-definition.ts';

/** A task as DescribeTasks shows it and as events carry it. */
export function taskView(ecs: Ecs, task: Task): object {
  const definition = findTaskDefinition(ecs, task.taskDefinition)?.definition;
  return {
    taskArn: task.arn,
    clusterArn: arn('ecs', ecs.context, `cluster/${task.cluster}`),
    taskDefinitionArn: task.taskDefinition,
    group: task.group,
    startedBy: task.startedBy,
    lastStatus: task.lastStatus,
    desiredStatus: task.desiredStatus,
    healthStatus: taskHealth(task),
    launchType: 'FARGATE',
    platformFamily: 'Linux',
    connectivity: 'CONNECTED',
    availabilityZone: `${ecs.context.region}a`,
    cpu: task.overrides.cpu ?? definition?.cpu,
    memory: task.overrides.memory ?? definition?.memory,
    attachments: attachmentsOf(task),
    containers: task.containers.map(container => containerView(ecs, task, container)),
    overrides: { containerOverrides: [], ...task.overrides },
    tags: task.tags,
    version: task.version,
    createdAt: new Date(task.createdAt),
    pullStartedAt: date(task.pullStartedAt),
    pullStoppedAt: date(task.pullStoppedAt),
    startedAt: date(task.startedAt),
    stoppingAt: date(task.stoppingAt),
    executionStoppedAt: date(task.stoppedAt),
    stoppedAt: date(task.stoppedAt),
    stopCode: task.stopCode,
    stoppedReason: task.stoppedReason,
  };
}

function containerView(ecs: Ecs, task: Task, container: TaskContainer): object {
  const { name, image, imageDigest, runtimeId, lastStatus, exitCode, reason } = container;
  const address = task.placement?.address;
  return {
    containerArn: container.arn,
    taskArn: task.arn,
    name,
    image,
    imageDigest,
    runtimeId,
    lastStatus,
    exitCode,
    reason,
    healthStatus: container.health?.status ?? 'UNKNOWN',
    networkBindings: bindingsOf(ecs, task, name),
    networkInterfaces: address ? [{ attachmentId: task.eni.slice(4), privateIpv4Address: address }] : [],
  };
}

/** Empty as for `awsvpc` in AWS, unless the port here is not the container's own. */
function bindingsOf(ecs: Ecs, task: Task, container: string): object[] {
  const definition = findTaskDefinition(ecs, task.taskDefinition)?.definition;
  const mappings = definition?.containerDefinitions.find(each => each.name === container)?.portMappings ?? [];
  return mappings.flatMap(({ containerPort, protocol = 'tcp' }) => {
    const hostPort = task.placement?.ports[containerPort];
    if (hostPort === undefined || hostPort === containerPort) return [];
    return [{ bindIP: task.placement?.address, containerPort, hostPort, protocol }];
  });
}

function attachmentsOf({ eni, placement, lastStatus }: Task): object[] {
  const address = placement ? [{ name: 'privateIPv4Address', value: placement.address }] : [];
  return [
    {
      id: eni.slice(4),
      type: 'ElasticNetworkInterface',
      status: lastStatus === 'STOPPED' ? 'DELETED' : placement ? 'ATTACHED' : 'PRECREATED',
      details: [{ name: 'networkInterfaceId', value: eni }, ...address],
    },
  ];
}

function date(ms: number | undefined): Date | undefined {
  return ms === undefined ? undefined : new Date(ms);
}
