import { z } from 'zod';
import { containerFaults, containers, dependsOn } from './containers.ts';
import { deployment } from './deployment.ts';
import { FARGATE_SIZES, memoryFault } from './fargate.ts';
import { environmentName, serviceName, shortName } from './names.ts';
import { scaling } from './scaling.ts';
import { schedules } from './schedules.ts';
import { secrets } from './secrets.ts';
import { serviceAlarms } from './service-alarms.ts';
import { variables } from './variables.ts';

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
  /** The attribute that says, in epoch seconds, after when DynamoDB may delete an item. */
  ttl: attribute.optional(),
  indexes: z.record(indexName, z.strictObject(keySchema)).default({}),
});

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
      /** Seconds that requests under way have left at a task that leaves; then the balancer cuts them off. */
      drain: z
        .int('must be a whole number of seconds')
        .min(1, 'give answers under way at least a second')
        .max(300, 'use at most 300 seconds: a release waits for it')
        .default(60),
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
  environment: variables.default({}),
  secrets: secrets.default({}),
  containers: containers.default({}),
  dependsOn: dependsOn.default({}),
  schedules: schedules.default({}),
  scaling: scaling.optional(),
  calls: z.array(serviceName).default([]),
  alarms: serviceAlarms.prefault({}),
});

/** The keys that a contract may have, in their order. */
export const contractKeys: readonly string[] = Object.keys(keys.shape);

/** The schema of `packages/<service>/service.yaml`. */
export const serviceSchema = keys
  .superRefine((service, context) => {
    const memory = memoryFault(service.cpu, service.memory);
    if (memory !== undefined) context.addIssue({ code: 'custom', path: ['memory'], message: memory });
    for (const { path, message } of partFaults(service)) context.addIssue({ code: 'custom', path, message });
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
    /** The services that it calls, with their paths. */
    callees: service.calls.map((name): Callee => ({ name, path: `/${name}` })),
  }));

export interface Callee {
  readonly name: string;
  readonly path: string;
}

/** What a team promises about its service; all defaults are filled in. */
export type Contract = z.infer<typeof serviceSchema>;
export type Table = z.infer<typeof table>;

/** What is wrong between the keys of a contract. */
function partFaults(service: z.infer<typeof keys>): { path: string[]; message: string }[] {
  const scaled = service.scaling
    ? Object.keys(service.tasks).filter(name => service.scaling?.environments[name] !== false)
    : [];
  const twice = Object.keys(service.secrets).filter(name => name in service.environment);
  return [
    ...containerFaults(service),
    ...ttlFaults(service.tables),
    ...scaled.map(name => ({
      path: ['tasks', name],
      message: `is for scaling to decide: remove it, or say scaling.environments.${name}: false`,
    })),
    ...twice.map(name => ({
      path: ['secrets', name],
      message: 'is a plain variable, too: remove one of both',
    })),
    ...service.calls.flatMap((name, index) =>
      name === service.name
        ? [{ path: ['calls', String(index)], message: 'is the service itself: remove it' }]
        : [],
    ),
  ];
}

/** DynamoDB expires items by a number; the attributes of keys are texts. */
function ttlFaults(tables: Readonly<Record<string, Table>>): { path: string[]; message: string }[] {
  return Object.entries(tables).flatMap(([name, { ttl, indexes, ...key }]) => {
    const keys = [key, ...Object.values(indexes)].flatMap(each => [each.partitionKey, each.sortKey]);
    const message = 'is part of a key, which is a text: name an attribute of its own, a number';
    return ttl !== undefined && keys.includes(ttl) ? [{ path: ['tables', name, 'ttl'], message }] : [];
  });
}
