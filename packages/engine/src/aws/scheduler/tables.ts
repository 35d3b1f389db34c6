import type { Store, Table } from '../../core/store.ts';
import type { Run } from './run.ts';
import type { Schedule } from './schedule.ts';

export interface Group {
  name: string;
  arn: string;
  createdAt: number;
  /** Token of the operation that made it. */
  madeBy: string;
}

export interface Tables {
  groups: Table<Group>;
  /** By `group/name`. */
  schedules: Table<Schedule>;
  /** Runs that are not delivered yet, by their execution's id. */
  runs: Table<Run>;
}

export function openTables(store: Store): Tables {
  return {
    groups: store.table('scheduler_groups'),
    schedules: store.table('scheduler_schedules'),
    runs: store.table('scheduler_runs'),
  };
}
