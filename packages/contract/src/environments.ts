import { z } from 'zod';
import { alarmsSchema } from './alarms.ts';
import { capacitySchema } from './capacity.ts';
import { domainSchema } from './domain.ts';
import { environmentName, shortName } from './names.ts';
import { days, networkSchema } from './network.ts';
import { placeIssues } from './place-issues.ts';

const account = z
  .string('must be a text: put it in quotes')
  .regex(/^\d{12}$/, 'must be 12 digits, in quotes');
const region = z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'must be a region, as in ap-northeast-1');
const environment = z.strictObject({
  account: account.optional(),
  region: region.optional(),
  approval: z.boolean('must be true or false').default(false),
  gradual: z.boolean('must be true or false').default(true),
  network: networkSchema,
  capacity: capacitySchema.prefault({}),
  domain: domainSchema.optional(),
  alarms: alarmsSchema.prefault({}),
  terminationWait: z.int('must be a whole number of minutes').min(0).max(2880).default(5),
  logs: days.default(30),
  protect: z.boolean('must be true or false').default(false),
});

/** The schema of `pipeline/environments.yaml`. */
export const environmentsSchema = z
  .strictObject({
    name: shortName(8).default('slipway'),
    account,
    region,
    architecture: z.enum(['X86_64', 'ARM64'], 'must be X86_64 or ARM64').default('ARM64'),
    repository: z
      .strictObject({
        name: shortName(64).default('slipway'),
        branch: z
          .string()
          .regex(/^[A-Za-z0-9][A-Za-z0-9._/-]{0,99}$/, 'must be a branch name')
          .default('main'),
      })
      .prefault({}),
    environments: z
      .record(environmentName, environment)
      .refine(all => Object.keys(all).length > 0, 'name at least one environment')
      .refine(all => Object.keys(all).length <= 5, 'name at most five environments'),
  })
  .superRefine((file, context) => {
    for (const [name, { account, region }] of Object.entries(file.environments)) {
      const at = ['environments', name];
      const issue = (path: PropertyKey[], message: string) =>
        context.addIssue({ code: 'custom', path, message });
      if (account !== undefined && account !== file.account) {
        issue([...at, 'account'], `must be ${file.account} as above: further accounts are not supported yet`);
      }
      if (region !== undefined && region !== file.region) {
        issue([...at, 'region'], `must be ${file.region} as above: further regions are not supported yet`);
      }
    }
    const places = Object.entries(file.environments).map(([name, { region = file.region, ...parts }]) => ({
      ...{ ...parts, at: ['environments', name], name, environment: name, region },
    }));
    for (const { path, message } of placeIssues(places, file.architecture))
      context.addIssue({ code: 'custom', path, message });
  })
  .transform(file => ({
    ...file,
    environments: Object.entries(file.environments).map(([name, environment]) => ({
      name,
      account: environment.account ?? file.account,
      region: environment.region ?? file.region,
      approval: environment.approval,
      gradual: environment.gradual,
      network: environment.network,
      capacity: environment.capacity,
      domain: environment.domain,
      alarms: environment.alarms,
      terminationWaitMinutes: environment.terminationWait,
      logRetentionDays: environment.logs,
      protect: environment.protect,
    })),
  }));

/** The places that services run in, in the order in which a release visits them. */
export type Environments = z.infer<typeof environmentsSchema>;
export type Environment = Environments['environments'][number];
