import { AwsError } from '../../core/errors.ts';

/** How production traffic shifts; percentages of traffic, intervals in minutes. */
export type TrafficRouting =
  | { type: 'AllAtOnce' }
  | { type: 'TimeBasedCanary'; timeBasedCanary: { canaryPercentage: number; canaryInterval: number } }
  | { type: 'TimeBasedLinear'; timeBasedLinear: { linearPercentage: number; linearInterval: number } };

/** A deployment configuration, by name. */
export interface DeploymentConfig {
  id: string;
  name: string;
  created: number;
  routing: TrafficRouting;
  /** The token of the stack operation that made it. */
  token?: string;
}

const canary = (percentage: number, interval: number): TrafficRouting => ({
  type: 'TimeBasedCanary',
  timeBasedCanary: { canaryPercentage: percentage, canaryInterval: interval },
});

const linear = (percentage: number, interval: number): TrafficRouting => ({
  type: 'TimeBasedLinear',
  timeBasedLinear: { linearPercentage: percentage, linearInterval: interval },
});

/**
 * The configurations that every account has.
 * https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-configurations.html
 */
export const builtInConfigs: Record<string, TrafficRouting> = {
  'CodeDeployDefault.ECSAllAtOnce': { type: 'AllAtOnce' },
  'CodeDeployDefault.ECSCanary10Percent5Minutes': canary(10, 5),
  'CodeDeployDefault.ECSCanary10Percent15Minutes': canary(10, 15),
  'CodeDeployDefault.ECSLinear10PercentEvery1Minutes': linear(10, 1),
  'CodeDeployDefault.ECSLinear10PercentEvery3Minutes': linear(10, 3),
};

/** One shift: the percentage on green, and the minutes to wait before the next one. */
export interface Shift {
  percent: number;
  thenWaitMinutes: number;
}

/** The shifts of a routing, in order; the last one is always 100 %. */
export function shiftsOf(routing: TrafficRouting): Shift[] {
  switch (routing.type) {
    case 'AllAtOnce':
      return [{ percent: 100, thenWaitMinutes: 0 }];
    case 'TimeBasedCanary': {
      const { canaryPercentage, canaryInterval } = routing.timeBasedCanary;
      return [
        { percent: canaryPercentage, thenWaitMinutes: canaryInterval },
        { percent: 100, thenWaitMinutes: 0 },
      ];
    }
    case 'TimeBasedLinear': {
      const { linearPercentage, linearInterval } = routing.timeBasedLinear;
      const count = Math.ceil(100 / linearPercentage);
      return Array.from({ length: count }, (_, index) => ({
        percent: Math.min(100, (index + 1) * linearPercentage),
        thenWaitMinutes: index === count - 1 ? 0 : linearInterval,
      }));
    }
  }
}

/** Reads `trafficRoutingConfig`, keys as in the API. Throws InvalidTrafficRoutingConfigurationException. */
export function readRouting(value: unknown): TrafficRouting {
  const routing = (value ?? { type: 'AllAtOnce' }) as Record<string, Record<string, unknown> | string>;
  switch (routing.type) {
    case 'AllAtOnce':
      return { type: 'AllAtOnce' };
    case 'TimeBasedCanary': {
      const of = routing.timeBasedCanary as Record<string, unknown> | undefined;
      return canary(percentage(of?.canaryPercentage), interval(of?.canaryInterval));
    }
    case 'TimeBasedLinear': {
      const of = routing.timeBasedLinear as Record<string, unknown> | undefined;
      return linear(percentage(of?.linearPercentage), interval(of?.linearInterval));
    }
    default:
      throw invalid(
        `the type '${String(routing.type)}' is none of AllAtOnce, TimeBasedCanary, TimeBasedLinear`,
      );
  }
}

function percentage(value: unknown): number {
  const percent = Number(value);
  if (!Number.isInteger(percent) || percent < 1 || percent > 99)
    throw invalid('a percentage must be a whole number from 1 to 99');
  return percent;
}

function interval(value: unknown): number {
  const minutes = Number(value);
  if (!Number.isInteger(minutes) || minutes < 1 || minutes > 2880)
    throw invalid('an interval must be a whole number of minutes from 1 to 2880');
  return minutes;
}

function invalid(why: string): AwsError {
  return new AwsError(
    'InvalidTrafficRoutingConfigurationException',
    `The traffic routing configuration is not valid: ${why}`,
  );
}
