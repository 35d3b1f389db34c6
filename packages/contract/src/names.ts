import { z } from 'zod';

/**
 * Names are hostile input: they end in shell commands, paths, ARNs and resource names.
 * A service's name is part of `<service>-<environment>-green`, a target group's name of at most
 * 32 characters; with environments of at most 10 characters 15 are left.
 */
export const SERVICE_NAME_MAX = 15;
export const ENVIRONMENT_NAME_MAX = 10;

const WORDS = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/**
 * Whole names that would take the platform's own stacks, roles, projects or turbo's and the
 * command line's words, as in the stack `slipway-network-staging`.
 */
export const RESERVED_NAMES: readonly string[] = [
  ...['platform', 'tooling', 'network', 'cluster', 'definition', 'artifacts', 'cache', 'notifications'],
  ...['plan', 'check', 'build', 'supersede', 'release', 'events', 'door', 'all', 'none', 'slipway'],
];

/**
 * Words that no part of a name may be: `slipway-<service>-data-<env>` of a service `news` and
 * `slipway-<service>-<env>` of a service `news-data` would be the same stack.
 */
export const RESERVED_WORDS: readonly string[] = ['data', 'pipeline', 'staging', 'production'];

export const serviceName = z
  .string()
  .regex(WORDS, 'use lower-case letters, digits and single hyphens, beginning with a letter')
  .max(SERVICE_NAME_MAX, `use at most ${SERVICE_NAME_MAX} characters: load balancer names are short`)
  .refine(
    name => !RESERVED_NAMES.includes(name) && !name.startsWith('pull-request'),
    'is a name of the platform itself: choose another',
  )
  .refine(
    name => !name.split('-').some(word => RESERVED_WORDS.includes(word)),
    `must not contain the words ${RESERVED_WORDS.join(', ')}: other names are made of them`,
  );

export const environmentName = z
  .string()
  .regex(/^[a-z][a-z0-9]*$/, 'use lower-case letters and digits, beginning with a letter')
  .max(ENVIRONMENT_NAME_MAX, `use at most ${ENVIRONMENT_NAME_MAX} characters: load balancer names are short`)
  .refine(
    name => !['data', 'images', 'pipeline', 'roles', ...RESERVED_NAMES].includes(name),
    'is a name of the platform itself: choose another',
  );

/** A further region of an environment: `production` in `osaka` is the place `production-osaka`. */
export const REGION_KEY_MAX = 9;

export const regionKey = z
  .string()
  .regex(/^[a-z][a-z0-9]*$/, 'use a short word of lower-case letters and digits, as in osaka')
  .max(REGION_KEY_MAX, `use at most ${REGION_KEY_MAX} characters: names of roles and buckets are short`)
  .refine(
    name => !['data', 'images', 'pipeline', 'roles', ...RESERVED_NAMES].includes(name),
    'is a name of the platform itself: choose another',
  );

/** Teams, tables, buckets: names that become part of longer ones. */
export function shortName(max: number) {
  return z
    .string()
    .regex(WORDS, 'use lower-case letters, digits and single hyphens, beginning with a letter')
    .max(max, `use at most ${max} characters`);
}
