import { z } from 'zod';
import { environmentName } from './names.ts';
import { cronExpression, timezone } from './time.ts';

const count = z
  .int('must be a whole number of tasks')
  .min(1, 'must be 1 or more')
  .max(100, 'must be at most 100');
const percent = z
  .int('must be a whole percentage')
  .min(10, 'must be 10 or more')
  .max(90, 'must be at most 90');
const bounds = { min: count.optional(), max: count.optional() };

const times = z.strictObject({ cron: cronExpression, timezone, ...bounds }).superRefine((value, context) => {
  if (value.min === undefined && value.max === undefined) {
    context.addIssue({
      code: 'custom',
      path: [],
      message: 'says neither min nor max: say what changes then',
    });
  }
  inOrder(value, context);
});

/**
 * How the number of a service's tasks follows its load. Targets are per task: out quickly, in slowly, by Application Auto
 * Scaling; with several targets the highest wish counts.
 */
export const scaling = z
  .strictObject({
    min: count,
    max: count,
    /** Requests that a task shall answer in a minute. */
    requests: z
      .int('must be a whole number of requests')
      .min(1, 'must be 1 or more')
      .max(1_000_000)
      .optional(),
    cpu: percent.optional(),
    memory: percent.optional(),
    schedule: z
      .record(z.string().regex(/^[a-z][a-z0-9-]{0,29}$/, 'use lower-case letters, digits, hyphens'), times)
      .default({}),
    /** Other bounds in single environments; `false`: the number of `tasks` as if nothing was said here. */
    environments: z
      .record(
        environmentName,
        z.union([z.literal(false), z.strictObject(bounds)], 'must be false, or a map of min and max'),
      )
      .default({}),
  })
  .superRefine((value, context) => {
    inOrder(value, context);
    for (const [name, own] of Object.entries(value.environments)) {
      if (own)
        inOrder({ min: own.min ?? value.min, max: own.max ?? value.max }, context, ['environments', name]);
    }
    const { requests, cpu, memory, schedule } = value;
    if ([requests, cpu, memory].some(target => target !== undefined) || Object.keys(schedule).length > 0)
      return;
    const message = 'says nothing to follow: add requests, cpu, memory or schedule';
    context.addIssue({ code: 'custom', path: [], message });
  });

export type Scaling = z.infer<typeof scaling>;

/** A service's scaling in one environment, or `undefined` where it has a fixed number of tasks. */
export function scalingIn(
  service: { readonly scaling?: Scaling | undefined },
  environment: string,
): Scaling | undefined {
  const { scaling } = service;
  const own = scaling?.environments[environment];
  if (scaling === undefined || own === false) return undefined;
  return { ...scaling, min: own?.min ?? scaling.min, max: own?.max ?? scaling.max };
}

function inOrder(
  { min, max }: { min?: number | undefined; max?: number | undefined },
  context: z.RefinementCtx,
  path: string[] = [],
): void {
  if (min === undefined || max === undefined || min <= max) return;
  context.addIssue({
    code: 'custom',
    path: [...path, 'max'],
    message: `must not be less than min, which is ${min}`,
  });
}
