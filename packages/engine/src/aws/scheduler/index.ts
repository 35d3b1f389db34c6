import type { RestApi } from '../../core/api.ts';
import type { Context } from '../../core/context.ts';
import type { Controller } from '../../core/controllers.ts';
import type { ResourceHandlers } from '../../core/resource.ts';
import { schedulerApi } from './api.ts';
import { dueController } from './due.ts';
import type { SchedulerPorts } from './ports.ts';
import { schedulerResources } from './resources.ts';
import { runController } from './run.ts';
import { openTables } from './tables.ts';

export type { SchedulerPorts } from './ports.ts';

export interface Scheduler {
  resources: ResourceHandlers;
  api: RestApi;
  controllers: Controller[];
}

/** EventBridge Scheduler: what is run at certain times, in real time whatever the engine's speed. See README.md. */
export function createScheduler(context: Context, ports: SchedulerPorts): Scheduler {
  const tables = openTables(context.store);
  return {
    resources: schedulerResources(context, tables),
    api: schedulerApi(tables),
    controllers: [dueController(context, tables), runController(context, tables, ports)],
  };
}
