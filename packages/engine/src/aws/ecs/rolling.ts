import type { DeploymentConfiguration } from './service.ts';

export interface RollingState {
  desired: number;
  /** Running and healthy tasks of the new version. */
  newHealthy: number;
  /** Tasks of the new version that run or are about to. */
  newLive: number;
  oldLive: number;
  /** Old tasks that run and are healthy: only those count as service. */
  oldHealthy: number;
}

/**
 * How many tasks of the new and of the old version there are to be now, so that never fewer than
 * minimumHealthyPercent (rounded up) serve and never more than maximumPercent (rounded down) live.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html
 */
export function rollingCounts(
  state: RollingState,
  { minimumHealthyPercent = 100, maximumPercent = 200 }: DeploymentConfiguration,
): { newWanted: number; oldWanted: number } {
  const { desired, newHealthy, newLive, oldLive, oldHealthy } = state;
  const least = Math.ceil((desired * minimumHealthyPercent) / 100);
  const most = Math.floor((desired * maximumPercent) / 100);
  const newWanted = Math.min(desired, Math.max(newLive, most - oldLive));
  const spare = Math.max(0, newHealthy + oldHealthy - least);
  const unhealthyOld = oldLive - oldHealthy;
  return { newWanted, oldWanted: newHealthy >= desired ? 0 : Math.max(0, oldLive - spare - unhealthyOld) };
}

/** Failed tasks after which a deployment counts as failed: half of the desired count, at least 3, at most 200. */
export function circuitBreakerThreshold(desired: number): number {
  return Math.min(200, Math.max(3, Math.ceil(desired * 0.5)));
}
