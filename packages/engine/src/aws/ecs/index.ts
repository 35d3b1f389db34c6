import type { Api, RawFace } from '../../core/api.ts';
import type { Context } from '../../core/context.ts';
import type { Controller } from '../../core/controllers.ts';
import type { ResourceHandlers } from '../../core/resource.ts';
import { createEcsApi } from './api.ts';
import { openEcs } from './ecs.ts';
import { metadataFace } from './metadata.ts';
import type { EcsPorts } from './ports.ts';
import { createEcsResources } from './resources.ts';
import { findService, requireService, type Service, serviceKey } from './service.ts';
import { updateService } from './service-changes.ts';
import { serviceController } from './service-controller.ts';
import { forgetOld } from './task.ts';
import { taskController } from './task-controller.ts';
import { registerTaskDefinition } from './task-definition.ts';
import { reportTasks, type TaskReport } from './task-report.ts';
import {
  createTaskSet,
  deleteTaskSet,
  setPrimaryTaskSet,
  type TaskSetRequest,
  type TaskSetState,
  taskSetState,
  taskSetsOf,
} from './task-set.ts';

export type { Failure } from './failures.ts';
export type { EcsPorts, Runtime } from './ports.ts';
export type { LoadBalancer, Service } from './service.ts';
export type { TaskSetRequest, TaskSetState } from './task-set.ts';

export interface EcsService extends Service {
  /** Oldest first. */
  taskSets: TaskSetState[];
}

export interface EcsFacade {
  resources: ResourceHandlers;
  api: Api;
  faces: RawFace[];
  controllers: Controller[];
  /** Registers a revision and returns its ARN; the same token is the same revision. */
  registerTaskDefinition(definition: object, token?: string): string;
  /** By ARNs or names. */
  service(cluster: string, name: string): EcsService | undefined;
  /** Changes how many tasks a service shall have; AwsError when there is no such service. */
  setDesiredCount(cluster: string, name: string, count: number): void;
  /** Returns the task set's id; the same token is the same task set. */
  createTaskSet(request: TaskSetRequest): string;
  /** Undefined once it is gone. */
  taskSet(id: string): TaskSetState | undefined;
  /** How its tasks do that are not over, oldest first. */
  taskReports(taskSet: string): TaskReport[];
  setPrimaryTaskSet(id: string): void;
  /** Deregisters, drains and stops its tasks; throws for the primary one. */
  deleteTaskSet(id: string): void;
}

/** ECS: clusters, task definitions, services and their task sets, tasks. */
export function createEcs(context: Context, ports: EcsPorts): EcsFacade {
  const ecs = openEcs(context, ports);
  forgetOld(ecs);
  ports.runtime.retain(ecs.tables.tasks.keys());
  ports.runtime.onExit(id => {
    if (ecs.tables.tasks.get(id)) ecs.tables.tasks.update(id, task => ({ ...task, exits: task.exits + 1 }));
  });
  return {
    resources: createEcsResources(ecs),
    api: createEcsApi(ecs),
    faces: [metadataFace(ecs)],
    controllers: [serviceController(ecs), taskController(ecs)],
    registerTaskDefinition: (definition, token) => registerTaskDefinition(ecs, definition, token),
    service: (cluster, name) => {
      const service = findService(ecs, cluster, name);
      if (!service) return undefined;
      const sets = taskSetsOf(ecs, serviceKey(service.cluster, service.name));
      return { ...service, taskSets: sets.flatMap(set => taskSetState(ecs, set.id) ?? []) };
    },
    setDesiredCount: (cluster, name, desiredCount) =>
      void updateService(ecs, requireService(ecs, cluster, name), { desiredCount }),
    createTaskSet: request => createTaskSet(ecs, request),
    taskSet: id => taskSetState(ecs, id),
    taskReports: id => reportTasks(ecs, id),
    setPrimaryTaskSet: id => setPrimaryTaskSet(ecs, id),
    deleteTaskSet: id => deleteTaskSet(ecs, id),
  };
}
