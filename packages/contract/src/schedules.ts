import { z } from 'zod';
import { FARGATE_SIZES, memoryFault } from './fargate.ts';
import { shortName } from './names.ts';
import { cronExpression, rateExpression, timezone } from './time.ts';
import { command, variables } from './variables.ts';

const schedule = z
  .strictObject({
    cron: cronExpression.optional(),
    rate: rateExpression.optional(),
    timezone,
    command,
    /** Other sizes than the service's. */
    cpu: z.int().optional(),
    memory: z.int().optional(),
    environment: variables.default({}),
  })
  .superRefine((value, context) => {
    const issue = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
    if ((value.cron === undefined) === (value.rate === undefined))
      issue([], 'must say when: either cron or rate');
    const { cpu, memory } = value;
    if ((cpu === undefined) !== (memory === undefined))
      issue([], 'must give both cpu and memory, or neither');
    if (cpu === undefined || memory === undefined) return;
    if (!FARGATE_SIZES.has(cpu))
      issue(['cpu'], `must be a size of Fargate: ${[...FARGATE_SIZES.keys()].join(', ')}`);
    const fault = memoryFault(cpu, memory);
    if (fault !== undefined) issue(['memory'], fault);
  });

/** What is run at certain times in the image that is live. */
export const schedules = z
  .record(shortName(20), schedule)
  .refine(all => Object.keys(all).length <= 20, 'name at most twenty');

export type Schedule = z.infer<typeof schedule>;
