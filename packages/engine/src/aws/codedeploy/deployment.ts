import type { AppSpec } from './app-spec.ts';
import type { TrafficRouting } from './config.ts';

export type DeploymentStatus =
  | 'Created'
  | 'Queued'
  | 'InProgress'
  | 'Baking'
  | 'Ready'
  | 'Succeeded'
  | 'Failed'
  | 'Stopped';

/** Where a deployment is. The first row is the way forward, the second the way back. */
export type Phase =
  | ('Prepare' | 'BeforeInstall' | 'Install' | 'AfterInstall' | 'AllowTestTraffic' | 'AfterAllowTestTraffic')
  | ('Ready' | 'BeforeAllowTraffic' | 'AllowTraffic' | 'AfterAllowTraffic')
  | ('SetPrimary' | 'TerminationWait' | 'Terminate')
  | ('RerouteToBlue' | 'RestorePrimary' | 'DeleteGreen')
  | 'Over';

export type Creator = 'user' | 'codePipeline' | 'codeDeployRollback';

/** A task set and the target group it stands behind. */
export interface Side {
  taskSet: string;
  targetGroupArn: string;
  taskDefinition: string;
}

export interface LifecycleEvent {
  name: string;
  status: 'Pending' | 'InProgress' | 'Succeeded' | 'Failed' | 'Skipped';
  started?: number;
  ended?: number;
  message?: string;
  /** What the hook or green's tasks said last. */
  logTail?: string;
}

/** A lifecycle hook that was begun, by its execution id, which only its function is told. */
export interface Hook {
  id: string;
  event: string;
  /** Name or ARN. */
  function: string;
  status: 'InProgress' | 'Succeeded' | 'Failed';
  started: number;
  /** The request id of its function's invocation, once there is one. */
  invocation?: string;
}

/** What a deployment took from its group when it was created: later changes of the group are of later deployments. */
export interface Plan {
  configName: string;
  routing: TrafficRouting;
  cluster: string;
  service: string;
  /** Names. */
  targetGroups: [string, string];
  productionListeners: string[];
  testListeners: string[];
  rollbackOn: string[];
  alarms: string[];
  /** Minutes to wait for ContinueDeployment before production traffic; undefined: go on. */
  readyWaitMinutes?: number;
  terminationWaitMinutes: number;
}

/** One deployment, by id. Times are epoch milliseconds. */
export interface Deployment {
  id: string;
  application: string;
  group: string;
  groupId: string;
  creator: Creator;
  description?: string;
  /** The AppSpec as it was given. */
  content: string;
  spec: AppSpec;
  plan: Plan;
  status: DeploymentStatus;
  phase: Phase;
  created: number;
  updated: number;
  started?: number;
  completed?: number;
  lifecycle: LifecycleEvent[];
  serviceArn?: string;
  blue?: Side;
  green?: Side;
  /** Percent of production traffic that was last sent to green. */
  weight: number;
  /** How many shifts of the routing have been made. */
  shifts: number;
  /** When the wait of this phase is over: the next shift, the ready or the termination wait. */
  until?: number;
  /** When this phase gives up waiting for health. */
  deadline?: number;
  /** Whether the wait of this phase was cut short by ContinueDeployment. */
  continued?: boolean;
  /** The lifecycle hooks that were begun, oldest first. */
  hooks?: Hook[];
  stop?: { rollback: boolean };
  error?: { code: string; message: string };
  rollback?: { by?: string; of?: string; message?: string };
}

/** Whether it still does something: a failed deployment is active until its green is gone. */
export function isActive(deployment: Deployment): boolean {
  return deployment.phase !== 'Over';
}

/** The lifecycle events of a deployment: the test ones exist only with a test listener. */
export function lifecycleOf(hasTestListener: boolean): LifecycleEvent[] {
  return [
    ...['BeforeInstall', 'Install', 'AfterInstall'],
    ...(hasTestListener ? ['AllowTestTraffic', 'AfterAllowTestTraffic'] : []),
    ...['BeforeAllowTraffic', 'AllowTraffic', 'AfterAllowTraffic'],
  ].map(name => ({ name, status: 'Pending' }));
}
