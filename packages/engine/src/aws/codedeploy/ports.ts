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

/** What CodeDeploy needs of others. */
export interface CodeDeployPorts {
  ecs: EcsPort;
  elbv2: Elbv2Port;
  alarms: {
    /** Those of the named alarms that are in ALARM. */
    inAlarm(names: string[]): string[];
  };
}
