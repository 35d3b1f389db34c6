/** What Application Auto Scaling needs of ECS. */
export interface AutoScalingPorts {
  /** Undefined when there is no such service. */
  desiredCount(cluster: string, service: string): number | undefined;
  setDesiredCount(cluster: string, service: string, count: number): void;
}
