import { z } from 'zod';
import { environmentName, shortName } from './names.ts';

const account = z
  .string('must be a text: put it in quotes')
  .regex(/^\d{12}$/, 'must be 12 digits, in quotes');
const region = z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'must be a region, as in ap-northeast-1');
const zone = z
  .string()
  .regex(/^[a-z]{2}(-[a-z]+)+-\d[a-z]$/, 'must be an availability zone, as in ap-northeast-1a');
const days = z.union(
  [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1827, 3653].map(n => z.literal(n)),
  'must be a number of days that CloudWatch Logs offers: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365…',
);

const network = z.strictObject({
  cidr: z
    .string()
    .regex(
      /^(10|172|192)\.\d{1,3}\.\d{1,3}\.0\/(1[6-9]|20)$/,
      'must be a private range from /16 to /20, as in 10.0.0.0/16',
    )
    .default('10.0.0.0/16'),
  zones: z.array(zone).min(2, 'name at least two availability zones').max(4),
  nat: z.int('must be a number of gateways').min(0).max(4).default(1),
});

const environment = z.strictObject({
  account: account.optional(),
  region: region.optional(),
  approval: z.boolean('must be true or false').default(false),
  gradual: z.boolean('must be true or false').default(true),
  network,
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
    for (const [name, { account, region, network }] of Object.entries(file.environments)) {
      const at = ['environments', name];
      const issue = (path: PropertyKey[], message: string) =>
        context.addIssue({ code: 'custom', path, message });
      if (account !== undefined && account !== file.account) {
        issue([...at, 'account'], `must be ${file.account} as above: further accounts are not supported yet`);
      }
      if (region !== undefined && region !== file.region) {
        issue([...at, 'region'], `must be ${file.region} as above: further regions are not supported yet`);
      }
      for (const [index, zone] of network.zones.entries()) {
        if (zone.slice(0, -1) !== file.region)
          issue([...at, 'network', 'zones', index], `must be in ${file.region}`);
        else if (network.zones.indexOf(zone) < index)
          issue([...at, 'network', 'zones', index], 'is named twice');
      }
      if (network.nat > network.zones.length) {
        issue([...at, 'network', 'nat'], 'must not be more than the number of zones');
      }
    }
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
      terminationWaitMinutes: environment.terminationWait,
      logRetentionDays: environment.logs,
      protect: environment.protect,
    })),
  }));

/** The places that services run in, in the order in which a release visits them. */
export type Environments = z.infer<typeof environmentsSchema>;
export type Environment = Environments['environments'][number];
