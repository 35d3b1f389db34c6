import { z } from 'zod';
import { deployment } from './deployment.ts';
import { environmentName, serviceName, shortName } from './names.ts';

/** Memory sizes in MiB that Fargate offers for each CPU size: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html */
const FARGATE_SIZES: ReadonlyMap<number, readonly number[]> = new Map([
  [256, [512, 1024, 2048]],
  [512, steps(1024, 4096, 1024)],
  [1024, steps(2048, 8192, 1024)],
  [2048, steps(4096, 16384, 1024)],
  [4096, steps(8192, 30720, 1024)],
  [8192, steps(16384, 61440, 4096)],
  [16384, steps(32768, 122880, 8192)],
]);

const attribute = z
  .string()
  .regex(
    /^[A-Za-z][A-Za-z0-9_.-]{0,99}$/,
    'use an attribute name of letters, digits, dots, hyphens, underscores',
  );

const keySchema = { partitionKey: attribute, sortKey: attribute.optional() };

const indexName = z.string().regex(/^[A-Za-z][A-Za-z0-9_.-]{2,59}$/, 'use 3 to 60 letters, digits, hyphens');

const table = z.strictObject({
  ...keySchema,
  indexes: z.record(indexName, z.strictObject(keySchema)).default({}),
});

/** Variables that Slipway, AWS or Node set themselves. */
const RESERVED_VARIABLES = /^(PORT|HOST|PATH|HOME|NODE_OPTIONS|(SLIPWAY|AWS|ECS|TABLE|BUCKET)_.*)$/;

const variableName = z
  .string()
  .regex(/^[A-Z][A-Z0-9_]{0,63}$/, 'use upper-case letters, digits and underscores')
  .refine(name => !RESERVED_VARIABLES.test(name), 'is set by the platform: choose another name');

const variableValue = z
  .string('must be a text: put it in quotes')
  .max(2048, 'use at most 2,048 characters')
  .refine(
    value => !/<(IMAGE1_NAME|TASK_DEFINITION|SLIPWAY_[A-Z]+)>/.test(value),
    'must not contain a placeholder of the release files',
  );

const keys = z.strictObject({
  name: serviceName,
  team: shortName(32),
  path: z
    .string()
    .regex(/^\/[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'must be one lower-case word behind a slash, as in /news')
    .max(40, 'use at most 40 characters'),
  port: z.int('must be a whole number').min(1024, 'must be 1024 or higher').max(65535).default(3000),
  cpu: z
    .int()
    .refine(
      cpu => FARGATE_SIZES.has(cpu),
      `must be a size of Fargate: ${[...FARGATE_SIZES.keys()].join(', ')}`,
    )
    .default(256),
  memory: z.int().default(512),
  tasks: z
    .record(environmentName, z.int('must be a whole number').min(1, 'must be 1 or more').max(100))
    .default({}),
  health: z
    .strictObject({
      path: z
        .string()
        .regex(/^(\/[A-Za-z0-9._-]+)+$/, 'must be a path of letters, digits, dots and hyphens')
        .max(200)
        .optional(),
      /** Seconds that a new task may take until its health counts. */
      grace: z
        .int('must be a whole number of seconds')
        .min(0)
        .max(600, 'use at most 600 seconds')
        .default(30),
    })
    .prefault({}),
  checks: z
    .array(
      z
        .string()
        .regex(/^(\/[A-Za-z0-9._~-]+)+\/?$/, 'must be a path of letters, digits, dots and hyphens')
        .max(100),
    )
    .max(10, 'name at most ten paths')
    .optional(),
  deployment: deployment.prefault({}),
  tables: z.record(shortName(30), table).default({}),
  buckets: z.record(shortName(12), z.strictObject({})).default({}),
  environment: z.record(variableName, variableValue).default({}),
});

/** The keys that a contract may have, in their order. */
export const contractKeys: readonly string[] = Object.keys(keys.shape);

/** The schema of `packages/<service>/service.yaml`. */
export const serviceSchema = keys
  .superRefine((service, context) => {
    const sizes = FARGATE_SIZES.get(service.cpu);
    if (sizes !== undefined && !sizes.includes(service.memory)) {
      const message = `must be what Fargate offers with cpu ${service.cpu}: ${sizes.join(', ')}`;
      context.addIssue({ code: 'custom', path: ['memory'], message });
    }
    for (const [index, check] of (service.checks ?? []).entries()) {
      if (check.startsWith(`${service.path}/`)) continue;
      const message = `must begin with ${service.path}/: only that path reaches the service`;
      context.addIssue({ code: 'custom', path: ['checks', index], message });
    }
    const health = service.health.path;
    if (health !== undefined && !health.startsWith(`${service.path}/`)) {
      const message = `must begin with ${service.path}/: only that path reaches the service`;
      context.addIssue({ code: 'custom', path: ['health', 'path'], message });
    }
  })
  .transform(service => ({
    ...service,
    health: { ...service.health, path: service.health.path ?? `${service.path}/healthz` },
    /** Paths that must answer 200 behind the test listener before a new version meets its users. */
    checks: service.checks ?? [`${service.path}/`],
  }));

/** What a team promises about its service; all defaults are filled in. */
export type Contract = z.infer<typeof serviceSchema>;
export type Table = z.infer<typeof table>;

function steps(from: number, to: number, by: number): number[] {
  return Array.from({ length: (to - from) / by + 1 }, (_, index) => from + index * by);
}
