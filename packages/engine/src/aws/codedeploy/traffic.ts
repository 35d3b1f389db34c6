import { AwsError } from '../../core/errors.ts';
import type { Deployment, Side } from './deployment.ts';
import type { Elbv2Port } from './ports.ts';

/** How many targets of a target group take requests. */
export function healthyTargets(elbv2: Elbv2Port, targetGroupArn: string): number {
  return elbv2.targetHealth(targetGroupArn).filter(target => target.state === 'healthy').length;
}

/** Whether a listener has rules that hold the target group which now serves. */
export function routesTo(elbv2: Elbv2Port, listener: string, sides: { blue: Side; green: Side }): boolean {
  const { blue, green } = sides;
  return Object.keys(weightsOf(elbv2, listener, [blue.targetGroupArn, green.targetGroupArn])).length > 0;
}

/** Sends `percent` of these listeners' traffic to green; resolves when the balancer routes by it. */
export async function shift(
  elbv2: Elbv2Port,
  listeners: string[],
  sides: { blue: Pick<Side, 'targetGroupArn'>; green: Pick<Side, 'targetGroupArn'> },
  percent: number,
): Promise<void> {
  for (const listener of listeners) {
    await elbv2.setWeights(listener, {
      [sides.blue.targetGroupArn]: 100 - percent,
      [sides.green.targetGroupArn]: percent,
    });
  }
}

/** The share of production traffic that the listeners really give green, whatever was written down. */
export function productionWeight(elbv2: Elbv2Port, { plan, blue, green }: Deployment): number {
  if (!blue || !green) return 0;
  const groups = [blue.targetGroupArn, green.targetGroupArn];
  return Math.max(
    0,
    ...plan.productionListeners.map(
      listener => weightsOf(elbv2, listener, groups)[green.targetGroupArn] ?? 0,
    ),
  );
}

/** A listener that is gone routes to nobody. */
function weightsOf(elbv2: Elbv2Port, listener: string, groups: string[]): Record<string, number> {
  try {
    return elbv2.weights(listener, groups);
  } catch (error) {
    if (error instanceof AwsError) return {};
    throw error;
  }
}

/**
 * Green carries traffic and can answer none of it, while blue could: what an operator would turn back at once.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
 */
export function greenIsLost(elbv2: Elbv2Port, deployment: Deployment): boolean {
  const { blue, green } = deployment;
  return (
    blue !== undefined &&
    green !== undefined &&
    productionWeight(elbv2, deployment) > 0 &&
    healthyTargets(elbv2, green.targetGroupArn) === 0 &&
    healthyTargets(elbv2, blue.targetGroupArn) > 0
  );
}
