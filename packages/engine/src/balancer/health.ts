import type { ProbeResult } from './probe.ts';
import type { HealthSettings } from './table.ts';

/** What probes have found out about a target. */
export interface Health {
  state: 'initial' | 'healthy' | 'unhealthy';
  reason?: string;
  description?: string;
  /** Consecutive probes that passed, or failed. */
  successes: number;
  failures: number;
}

export const INITIAL: Health = {
  state: 'initial',
  reason: 'Elb.InitialHealthChecking',
  description: 'Initial health checks in progress',
  successes: 0,
  failures: 0,
};

/**
 * The health after one more probe. A registered target is healthy after one success, an unhealthy one after
 * `healthyThreshold`; failures count up to `unhealthyThreshold`.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
 */
export function nextHealth(health: Health, result: ProbeResult, settings: HealthSettings): Health {
  if (result.passed) {
    const successes = health.successes + 1;
    const needed = health.state === 'unhealthy' ? settings.healthyThreshold : 1;
    return successes >= needed
      ? { state: 'healthy', successes, failures: 0 }
      : { ...health, successes, failures: 0 };
  }
  const failures = health.failures + 1;
  if (health.state !== 'unhealthy' && failures < settings.unhealthyThreshold)
    return { ...health, successes: 0, failures };
  return {
    state: 'unhealthy',
    reason: result.reason,
    description: result.description,
    successes: 0,
    failures,
  };
}

/** How long after the beginning of a probe the next one begins: one that serves may be asked less often. */
export function intervalMs({ state }: Pick<Health, 'state'>, settings: HealthSettings): number {
  return (state === 'healthy' ? settings.healthyIntervalMs : undefined) ?? settings.intervalMs;
}

/** Whether a status code is among those of a matcher: `200`, `200,204`, `200-299`. */
export function matchesCode(matcher: string, status: number): boolean {
  return matcher.split(',').some(part => {
    const [from, to] = part.trim().split('-').map(Number);
    return status >= from! && status <= (to ?? from!);
  });
}
