import { z } from 'zod';

/** CodePipeline waits five days for CodeDeploy: https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html */
const CODEDEPLOY_MINUTES_MAX = 7000;
/** An action that calls a function goes on for a day at most; the rollout's tasks have to start in it as well. */
const ECS_MINUTES_MAX = 1200;

const BAKE = { min: 0, max: 1200 };

interface Shift {
  readonly percentage: number;
  readonly intervalMinutes: number;
}

/** How a new version takes over. All times are minutes, percentages are of production traffic. */
export type Deployment = CodeDeployDeployment | EcsDeployment;

export type CodeDeployDeployment = { readonly controller: 'codedeploy' } & (
  | { readonly strategy: 'all-at-once' }
  | ({ readonly strategy: 'canary' | 'linear' } & Shift)
);

/** `bakeMinutes`: how long the old version stays when all traffic has shifted; undefined: as the environment says. */
export type EcsDeployment = { readonly controller: 'ecs'; readonly bakeMinutes?: number } & (
  | { readonly strategy: 'rolling' | 'all-at-once' }
  | ({ readonly strategy: 'canary' | 'linear' } & Shift)
);

const STRATEGIES = ['all-at-once', 'canary', 'linear', 'rolling'] as const;
const USUAL = { canary: { percentage: 10, interval: 5 }, linear: { percentage: 10, interval: 3 } } as const;

/**
 * What each controller takes: https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_TimeBasedCanary.html,
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CanaryConfiguration.html and API_LinearConfiguration.
 */
const RANGES = {
  codedeploy: {
    percentage: { canary: [1, 99], linear: [1, 99] },
    interval: [1, 2880],
    step: 1,
    whole: 'CodeDeploy takes whole percentages',
  },
  ecs: {
    percentage: { canary: [0.1, 100], linear: [3, 100] },
    interval: [0, 1440],
    step: 0.1,
    whole: 'ECS takes steps of 0.1',
  },
} as const;

/** The part `deployment` of a contract. */
export const deployment = z
  .strictObject({
    controller: z.enum(['codedeploy', 'ecs'], 'must be codedeploy or ecs').default('codedeploy'),
    strategy: z.enum(STRATEGIES, 'must be all-at-once, canary, linear or rolling').default('all-at-once'),
    percentage: z.number('must be a number').optional(),
    interval: z.int('must be a whole number of minutes').optional(),
    bake: z
      .int('must be a whole number of minutes')
      .min(BAKE.min, `use ${BAKE.min} to ${BAKE.max} minutes`)
      .max(BAKE.max, `use ${BAKE.min} to ${BAKE.max} minutes`)
      .optional(),
  })
  .superRefine((value, context) => {
    const { controller, strategy, percentage, interval, bake } = value;
    const issue = (key: keyof typeof value, message: string) =>
      context.addIssue({ code: 'custom', path: [key], message });

    if (controller === 'codedeploy' && strategy === 'rolling') {
      issue(
        'strategy',
        'belongs to the controller ecs: CodeDeploy shifts between blue and green, use all-at-once',
      );
    }
    if (controller === 'codedeploy' && bake !== undefined) {
      issue(
        'bake',
        'belongs to the controller ecs: with codedeploy the old version stays as long as terminationWait of the environment says',
      );
    }
    if (strategy !== 'canary' && strategy !== 'linear') {
      for (const key of ['percentage', 'interval'] as const) {
        if (value[key] !== undefined) issue(key, 'belongs to the strategies canary and linear: remove it');
      }
      return;
    }
    const ranges = RANGES[controller];
    const [least, most] = ranges.percentage[strategy];
    if (percentage !== undefined && (percentage < least || percentage > most)) {
      issue(
        'percentage',
        `must be from ${least} to ${most}: the controller ${controller} takes no other for ${strategy}`,
      );
    } else if (percentage !== undefined && !isMultiple(percentage, ranges.step)) {
      issue('percentage', `must be a multiple of ${ranges.step}: ${ranges.whole}`);
    }
    const [shortest, longest] = ranges.interval;
    if (interval !== undefined && (interval < shortest || interval > longest)) {
      issue(
        'interval',
        `must be from ${shortest} to ${longest} minutes: the controller ${controller} takes no other`,
      );
    }
    const total = shiftMinutes(strategy, shiftOf(strategy, value)) + (bake ?? 0);
    const limit = controller === 'ecs' ? ECS_MINUTES_MAX : CODEDEPLOY_MINUTES_MAX;
    if (total > limit) {
      issue('interval', `makes a release last ${total} minutes: a pipeline waits for ${limit} at most`);
    }
  })
  .transform(({ controller, strategy, percentage, interval, bake }): Deployment => {
    const shift =
      strategy === 'canary' || strategy === 'linear' ? shiftOf(strategy, { percentage, interval }) : {};
    const baked = bake === undefined ? {} : { bakeMinutes: bake };
    return { controller, strategy, ...shift, ...baked } as Deployment;
  });

function shiftOf(
  strategy: 'canary' | 'linear',
  { percentage, interval }: { percentage?: number | undefined; interval?: number | undefined },
): Shift {
  const usual = USUAL[strategy];
  return { percentage: percentage ?? usual.percentage, intervalMinutes: interval ?? usual.interval };
}

/** From the first to the last shift of traffic. */
function shiftMinutes(strategy: 'canary' | 'linear', { percentage, intervalMinutes }: Shift): number {
  const waits = strategy === 'canary' ? 1 : Math.ceil(100 / Math.max(percentage, 0.1)) - 1;
  return waits * intervalMinutes;
}

function isMultiple(value: number, step: number): boolean {
  return Math.abs(value / step - Math.round(value / step)) < 1e-9;
}
