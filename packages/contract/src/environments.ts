import { z } from 'zod';
import { alarmsSchema } from './alarms.ts';
import { capacitySchema } from './capacity.ts';
import { domainSchema } from './domain.ts';
import { environmentName, regionKey, shortName } from './names.ts';
import { days, networkSchema } from './network.ts';
import { notificationsSchema } from './notifications.ts';
import { placeIssues } from './place-issues.ts';
import { regionIssues } from './regions.ts';
import { repositorySchema } from './repository.ts';
import { keysOf } from './schema-keys.ts';

const account = z
  .string('must be a text: put it in quotes')
  .regex(/^\d{12}$/, 'must be 12 digits, in quotes');
const region = z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'must be a region, as in ap-northeast-1');

const furtherRegion = z.strictObject({
  region,
  wave: z
    .int('must be a whole number')
    .min(1, 'must be 1 or more')
    .max(10, 'use at most ten waves')
    .optional(),
  network: networkSchema,
  capacity: capacitySchema.optional(),
  domain: domainSchema.optional(),
  alarms: alarmsSchema.optional(),
});

const environmentKeys = z.strictObject({
  account: account.optional(),
  region: region.optional(),
  approval: z.boolean('must be true or false').default(false),
  gradual: z.boolean('must be true or false').default(true),
  network: networkSchema,
  capacity: capacitySchema.prefault({}),
  domain: domainSchema.optional(),
  alarms: alarmsSchema.prefault({}),
  regions: z
    .record(regionKey, furtherRegion)
    .refine(all => Object.keys(all).length <= 9, 'name at most nine further regions')
    .default({}),
  terminationWait: z.int('must be a whole number of minutes').min(0).max(2880).default(5),
  logs: days.default(30),
  protect: z.boolean('must be true or false').default(false),
  dashboards: z.boolean('must be true or false').default(true),
});

const fileKeys = z.strictObject({
  name: shortName(8).default('slipway'),
  account,
  region,
  architecture: z.enum(['X86_64', 'ARM64'], 'must be X86_64 or ARM64').default('ARM64'),
  repository: repositorySchema,
  pullRequests: z.boolean('must be true or false').default(true),
  notifications: notificationsSchema,
  /** The policy that bounds every role, where the account has one of its own; else one is generated. */
  permissionsBoundary: z
    .string()
    .regex(/^[\w+=,.@-]{1,128}$/, 'must be the name of an IAM policy, not its ARN')
    .optional(),
  environments: z
    .record(environmentName, environmentKeys)
    .refine(all => Object.keys(all).length > 0, 'name at least one environment')
    .refine(all => Object.keys(all).length <= 5, 'name at most five environments'),
});

/** The keys that environments.yaml may have, as `environments.*.network.nat`. */
export const environmentsKeys: readonly string[] = keysOf(fileKeys);

/** The schema of `pipeline/environments.yaml`. */
export const environmentsSchema = fileKeys
  .superRefine((file, context) => {
    const issues = [...regionIssues(file), ...placeIssues(placesOf(file), file.architecture)];
    for (const { path, message } of issues) context.addIssue({ code: 'custom', path, message });
  })
  .transform(file => ({ ...file, environments: placesOf(file).map(({ at: _, ...place }) => place) }));

/**
 * The places in the order in which a release visits them, each with the path of its keys. An environment's first region
 * bears the environment's name, so adding a region never renames what runs; a further one adds its key.
 */
function placesOf(file: z.infer<typeof fileKeys>) {
  return Object.entries(file.environments).flatMap(([name, environment]) => {
    const at = ['environments', name];
    const { network, capacity, domain, alarms } = environment;
    const common = {
      environment: name,
      account: environment.account ?? file.account,
      approval: environment.approval,
      gradual: environment.gradual,
      terminationWaitMinutes: environment.terminationWait,
      logRetentionDays: environment.logs,
      protect: environment.protect,
      dashboards: environment.dashboards,
    };
    const first = {
      ...{ at, name, wave: 1, region: environment.region ?? file.region },
      ...{ ...common, network, capacity, domain, alarms },
    };
    let { wave } = first;
    const further = Object.entries(environment.regions).map(([key, place]) => {
      wave = place.wave ?? wave + 1;
      return {
        ...{ at: [...at, 'regions', key], name: `${name}-${key}`, wave, region: place.region },
        ...common,
        network: place.network,
        capacity: place.capacity ?? capacity,
        domain: place.domain,
        // Everywhere the same people are told; a topic is of one region.
        alarms: place.alarms ?? { email: alarms.email },
      };
    });
    return [first, ...further].sort((a, b) => a.wave - b.wave);
  });
}

/** Accounts, regions and the places that services run in, in the order in which a release visits them. */
export type Environments = z.infer<typeof environmentsSchema>;
/** A place: an environment in one of its regions. */
export type Environment = Environments['environments'][number];
