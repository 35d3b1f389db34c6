export interface TaskSet {
  id: string;
  status: 'PRIMARY' | 'ACTIVE' | 'DRAINING';
  stabilityStatus: 'STEADY_STATE' | 'STABILIZING';
  taskDefinition: string;
  targetGroupArn?: string;
  desired: number;
  running: number;
  pending: number;
  failedTasks: number;
  lastFailure?: { taskArn: string; reason: string; exitCode?: number; logTail: string[] };
}

/** How a task does that is not over. */
export interface TaskReport {
  taskArn: string;
  lastStatus: string;
  /** What the load balancer thinks of it. */
  health?: { state: string; description?: string };
  /** Oldest first. */
  logTail: string[];
}

/** Services with task sets. */
export interface EcsPort {
  service(cluster: string, name: string): { arn: string; taskSets: TaskSet[] } | undefined;
  /** Returns the task set's id; the same token is the same task set. */
  createTaskSet(request: {
    token: string;
    cluster: string;
    service: string;
    taskDefinition: string;
    targetGroupArn: string;
    containerName: string;
    containerPort: number;
    scalePercent: number;
    externalId: string;
  }): string;
  /** Undefined once it is gone. */
  taskSet(id: string): TaskSet | undefined;
  /** Of the tasks of a task set that are not over, oldest first. */
  taskReports(taskSet: string): TaskReport[];
  setPrimaryTaskSet(id: string): void;
  /** Drains and stops its tasks; it is gone when all are. */
  deleteTaskSet(id: string): void;
}

/** Target groups and the weights that listeners give them. */
export interface Elbv2Port {
  /** The ARN of the target group of that name. */
  targetGroupArn(name: string): string | undefined;
  targetHealth(targetGroupArn: string): { state: string }[];
  /** By target group ARN, of the rules of that listener that hold any of them. */
  weights(listenerArn: string, targetGroupArns: string[]): Record<string, number>;
  /** Resolves when the balancer routes by it. */
  setWeights(listenerArn: string, weights: Record<string, number>): Promise<void>;
}

/** Lambda functions, invoked asynchronously: what lifecycle hooks are carried out by. */
export interface FunctionsPort {
  /** Whether there is a function of that name or ARN. */
  hasFunction(nameOrArn: string): boolean;
  /** Returns the invocation's id; the same token is the same invocation. Throws AwsError when it cannot be invoked. */
  invoke(request: { token: string; functionName: string; event: object }): string;
  /** Failed only when no further attempt follows. Undefined when there is no such invocation. */
  invocation(id: string):
    | {
        status: 'InProgress' | 'Succeeded' | 'Failed';
        error?: { type: string; message: string };
        /** The last lines that the function itself wrote, oldest first. */
        logTail: string[];
      }
    | undefined;
}

/** What CodeDeploy needs of others. */
export interface CodeDeployPorts {
  ecs: EcsPort;
  elbv2: Elbv2Port;
  functions: FunctionsPort;
  alarms: {
    /** Those of the named alarms that are in ALARM. */
    inAlarm(names: string[]): string[];
  };
}
