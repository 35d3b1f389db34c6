import { arn } from '../../core/arn.ts';
import type { Cluster } from './cluster.ts';
import type { Ecs } from './ecs.ts';
import { type Service, serviceKey } from './service.ts';
import type { TaskDefinition } from './task-definition.ts';
import { countTasks, isStable, type TaskSet, taskSetsOf } from './task-set.ts';

export function clusterView(ecs: Ecs, cluster: Cluster): object {
  const tasks = ecs.tables.tasks.values().filter(task => task.cluster === cluster.name);
  const services = ecs.tables.services.values(`${cluster.name}/`).filter(each => each.status !== 'INACTIVE');
  const running = tasks.filter(task => task.lastStatus === 'RUNNING').length;
  const starting = tasks.filter(task => ['PROVISIONING', 'PENDING', 'ACTIVATING'].includes(task.lastStatus));
  return {
    clusterArn: cluster.arn,
    clusterName: cluster.name,
    status: cluster.status,
    registeredContainerInstancesCount: 0,
    runningTasksCount: running,
    pendingTasksCount: starting.length,
    activeServicesCount: services.length,
    settings: cluster.settings,
    capacityProviders: cluster.capacityProviders,
    defaultCapacityProviderStrategy: cluster.defaultCapacityProviderStrategy,
    tags: cluster.tags,
  };
}

export function serviceView(ecs: Ecs, service: Service): object {
  const sets = taskSetsOf(ecs, serviceKey(service.cluster, service.name));
  const counts = sets.map(set => countTasks(ecs, set));
  const sum = (member: 'running' | 'pending'): number =>
    counts.reduce((total, each) => total + each[member], 0);
  const events = ecs.tables.serviceEvents.get(serviceKey(service.cluster, service.name)) ?? [];
  const byEcs = service.controller === 'ECS';
  const { desiredCount: _, taskDefinition: __, loadBalancers: ___, ...settings } = service.settings;
  return {
    ...settings,
    serviceArn: service.arn,
    serviceName: service.name,
    clusterArn: arn('ecs', ecs.context, `cluster/${service.cluster}`),
    status: service.status,
    desiredCount: service.desired,
    runningCount: sum('running'),
    pendingCount: sum('pending'),
    taskDefinition: service.taskDefinition,
    loadBalancers: service.loadBalancers,
    deploymentController: { type: service.controller },
    schedulingStrategy: 'REPLICA',
    taskSets: byEcs ? [] : sets.map(set => taskSetView(ecs, service, set)),
    deployments: byEcs ? sets.map(set => deploymentView(ecs, set)) : [],
    events: events.toReversed().map(each => ({ ...each, createdAt: new Date(each.createdAt) })),
    createdAt: new Date(service.createdAt),
    tags: service.tags,
  };
}

export function taskSetView(ecs: Ecs, service: Service, set: TaskSet): object {
  const counts = countTasks(ecs, set);
  const { capacityProviderStrategy, launchType, networkConfiguration, platformVersion } = service.settings;
  return {
    id: set.id,
    taskSetArn: set.arn,
    serviceArn: service.arn,
    clusterArn: arn('ecs', ecs.context, `cluster/${service.cluster}`),
    startedBy: set.externalId === undefined ? undefined : 'CODE_DEPLOY',
    externalId: set.externalId,
    status: set.status,
    taskDefinition: set.taskDefinition,
    computedDesiredCount: counts.desired,
    pendingCount: counts.pending,
    runningCount: counts.running,
    loadBalancers: set.loadBalancer ? [set.loadBalancer] : [],
    scale: { value: set.scalePercent, unit: 'PERCENT' },
    stabilityStatus: isStable(counts) ? 'STEADY_STATE' : 'STABILIZING',
    stabilityStatusAt: new Date(set.stableAt),
    createdAt: new Date(set.createdAt),
    updatedAt: new Date(set.updatedAt),
    capacityProviderStrategy,
    launchType,
    networkConfiguration,
    platformVersion,
    tags: [],
  };
}

function deploymentView(ecs: Ecs, set: TaskSet): object {
  const counts = countTasks(ecs, set);
  return {
    id: set.id,
    status: set.leaving ? 'INACTIVE' : set.status,
    taskDefinition: set.taskDefinition,
    desiredCount: set.status === 'PRIMARY' ? counts.desired : counts.live,
    runningCount: counts.running,
    pendingCount: counts.pending,
    failedTasks: set.failedTasks,
    rolloutState: set.rollout?.state,
    rolloutStateReason: set.rollout?.reason,
    createdAt: new Date(set.createdAt),
    updatedAt: new Date(set.updatedAt),
  };
}

export function taskDefinitionView({ definition, ...rest }: TaskDefinition): object {
  return {
    ...definition,
    taskDefinitionArn: rest.arn,
    revision: rest.revision,
    status: rest.status,
    registeredAt: new Date(rest.registeredAt),
    deregisteredAt: rest.deregisteredAt === undefined ? undefined : new Date(rest.deregisteredAt),
    containerDefinitions: definition.containerDefinitions.map(each => ({ essential: true, ...each })),
  };
}
