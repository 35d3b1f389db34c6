import type { Context } from '../../core/context.ts';
import type { Table } from '../../core/store.ts';
import type { Cluster } from './cluster.ts';
import type { EcsPorts } from './ports.ts';
import type { Service, ServiceEvent } from './service.ts';
import type { ServiceDeployment } from './service-deployment.ts';
import type { Task } from './task.ts';
import type { TaskDefinition } from './task-definition.ts';
import type { TaskSet } from './task-set.ts';

/** What every part of ECS works on. */
export interface Ecs {
  context: Context;
  ports: EcsPorts;
  tables: Tables;
}

export interface Tables {
  /** By name. */
  clusters: Table<Cluster>;
  /** By `family:000000001`. */
  taskDefinitions: Table<TaskDefinition>;
  /** By `cluster/service`. */
  services: Table<Service>;
  /** By id. */
  taskSets: Table<TaskSet>;
  /** By id. */
  tasks: Table<Task>;
  /** Ids of tasks that still have something to do, by `task set/task` (`alone/task`): every step reads few rows. */
  liveTasks: Table<string>;
  /** Ids of task sets by `cluster/service/task set`. */
  taskSetIds: Table<string>;
  /** By `cluster/service`, newest last: what DescribeServices shows as events. */
  serviceEvents: Table<ServiceEvent[]>;
  /** By `cluster/service/id`. */
  serviceDeployments: Table<ServiceDeployment>;
  /** What a token has made: an ARN or an id. */
  tokens: Table<string>;
}

export interface Tag {
  key: string;
  value: string;
}

export function openEcs(context: Context, ports: EcsPorts): Ecs {
  const { store } = context;
  const tables: Tables = {
    clusters: store.table('ecs_clusters'),
    taskDefinitions: store.table('ecs_taskdefinitions'),
    services: store.table('ecs_services'),
    taskSets: store.table('ecs_tasksets'),
    tasks: store.table('ecs_tasks'),
    liveTasks: store.table('ecs_livetasks'),
    taskSetIds: store.table('ecs_tasksetids'),
    serviceEvents: store.table('ecs_serviceevents'),
    serviceDeployments: store.table('ecs_servicedeployments'),
    tokens: store.table('ecs_tokens'),
  };
  return { context, ports, tables };
}

/** Makes something once per token: the second attempt gets what the first one made. */
export function oncePerToken(
  { context, tables }: Ecs,
  token: string | undefined,
  make: () => string,
): string {
  return context.store.transaction(() => {
    const made = token === undefined ? undefined : tables.tokens.get(token);
    if (made !== undefined) return made;
    const result = make();
    if (token !== undefined) tables.tokens.put(token, result);
    return result;
  });
}
