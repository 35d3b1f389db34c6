import type { Operation } from '../../core/api.ts';
import { arn, nameOf } from '../../core/arn.ts';
import { AwsError } from '../../core/errors.ts';
import { putCluster, requireCluster } from './cluster.ts';
import type { Ecs } from './ecs.ts';
import { found, type Input, page, requireList, requireText } from './request.ts';
import { requireService, type Service, serviceKey } from './service.ts';
import { createService, deleteService, updateService } from './service-changes.ts';
import {
  createTaskSet,
  deleteTaskSet,
  requireTaskSet,
  setPrimaryTaskSet,
  type TaskSet,
  taskSetsOf,
} from './task-set.ts';
import { clusterView, serviceView, taskSetView } from './views.ts';

/** Clusters, services and task sets. */
export function serviceOperations(ecs: Ecs): Record<string, Operation> {
  const serviceOf = (input: Input): Service =>
    requireService(ecs, input.cluster, requireText(input.service, 'Service'));
  const setOf = (input: Input, reference: unknown): { service: Service; set: TaskSet } => {
    const service = serviceOf(input);
    const id = `ecs-svc/${nameOf(requireText(reference, 'TaskSet'))}`;
    const set = requireTaskSet(ecs, id);
    if (set.service !== serviceKey(service.cluster, service.name)) throw missingTaskSet();
    return { service, set };
  };
  return {
    ListClusters: input => {
      const { items, nextToken } = page(activeClusters(ecs), input);
      return { clusterArns: items.map(each => each.arn), nextToken };
    },
    DescribeClusters: input => {
      const { items, failures } = found(
        input.clusters?.length ? requireList(input.clusters, 'Clusters') : ['default'],
        reference => ecs.tables.clusters.get(nameOf(reference)),
        reference => arn('ecs', ecs.context, `cluster/${nameOf(reference)}`),
      );
      return { clusters: items.map(each => clusterView(ecs, each)), failures };
    },
    CreateCluster: input => {
      const cluster = putCluster(ecs, input.clusterName ?? 'default', { tags: input.tags ?? [] });
      return { cluster: clusterView(ecs, cluster) };
    },
    ListServices: input => {
      const cluster = requireCluster(ecs, input.cluster).name;
      const services = ecs.tables.services.values(`${cluster}/`).filter(each => each.status !== 'INACTIVE');
      const { items, nextToken } = page(services, { maxResults: 10, ...input });
      return { serviceArns: items.map(each => each.arn), nextToken };
    },
    DescribeServices: input => {
      const cluster = requireCluster(ecs, input.cluster).name;
      const { items, failures } = found(
        requireList(input.services, 'Services', 10),
        reference => ecs.tables.services.get(serviceKey(cluster, reference)),
        reference => arn('ecs', ecs.context, `service/${cluster}/${nameOf(reference)}`),
      );
      return { services: items.map(each => serviceView(ecs, each)), failures };
    },
    CreateService: input => ({ service: serviceView(ecs, createService(ecs, input)) }),
    UpdateService: input => {
      const { cluster: _, service: __, ...wanted } = input;
      return { service: serviceView(ecs, updateService(ecs, serviceOf(input), wanted)) };
    },
    DeleteService: input => {
      const service = serviceOf(input);
      if (service.desired > 0 && input.force !== true) {
        throw new AwsError(
          'InvalidParameterException',
          'The service cannot be stopped while it is scaled above 0.',
        );
      }
      deleteService(ecs, service);
      return {
        service: serviceView(ecs, ecs.tables.services.get(serviceKey(service.cluster, service.name))!),
      };
    },
    DescribeTaskSets: input => {
      const service = serviceOf(input);
      const wanted = (input.taskSets as string[] | undefined)?.map(nameOf);
      const sets = taskSetsOf(ecs, serviceKey(service.cluster, service.name));
      const shown = wanted?.length ? sets.filter(set => wanted.includes(nameOf(set.id))) : sets;
      return { taskSets: shown.map(set => taskSetView(ecs, service, set)), failures: [] };
    },
    CreateTaskSet: input => {
      const service = serviceOf(input);
      const [balancer = { targetGroupArn: '', containerName: '', containerPort: 0 }] =
        input.loadBalancers ?? [];
      const id = createTaskSet(ecs, {
        ...balancer,
        token: `task-set/${input.clientToken ?? ecs.context.ids.uuid()}`,
        cluster: service.cluster,
        service: service.name,
        taskDefinition: requireText(input.taskDefinition, 'TaskDefinition'),
        scalePercent: input.scale?.value ?? 100,
        externalId: input.externalId ?? '',
      });
      return { taskSet: taskSetView(ecs, service, requireTaskSet(ecs, id)) };
    },
    DeleteTaskSet: input => {
      const { service, set } = setOf(input, input.taskSet);
      deleteTaskSet(ecs, set.id, { force: input.force === true });
      return { taskSet: taskSetView(ecs, service, requireTaskSet(ecs, set.id)) };
    },
    UpdateServicePrimaryTaskSet: input => {
      const { service, set } = setOf(input, input.primaryTaskSet);
      setPrimaryTaskSet(ecs, set.id);
      return { taskSet: taskSetView(ecs, service, requireTaskSet(ecs, set.id)) };
    },
    ListTagsForResource: input => ({ tags: tagsOf(ecs, requireText(input.resourceArn, 'resourceArn')) }),
  };
}

function activeClusters(ecs: Ecs) {
  return ecs.tables.clusters.values().filter(each => each.status === 'ACTIVE');
}

function tagsOf(ecs: Ecs, resourceArn: string) {
  const { clusters, services, taskDefinitions, tasks } = ecs.tables;
  const all = [...clusters.values(), ...services.values(), ...taskDefinitions.values(), ...tasks.values()];
  const resource = all.find(each => each.arn === resourceArn);
  if (!resource) throw new AwsError('InvalidParameterException', 'The specified resource was not found.');
  return resource.tags;
}

function missingTaskSet(): AwsError {
  return new AwsError('TaskSetNotFoundException', 'The specified task set was not found.');
}
