import { z } from 'zod';

const zone = z
  .string()
  .regex(/^[a-z]{2}(-[a-z]+)+-\d[a-z]$/, 'must be an availability zone, as in ap-northeast-1a');

/** How long CloudWatch keeps a log: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
export const days = z.union(
  [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1827, 3653].map(n => z.literal(n)),
  'must be a number of days that CloudWatch Logs offers: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365…',
);

/** AWS services that a network can reach through an interface of its own; each costs by the hour and zone. */
export const ENDPOINTS = [
  ...['ecr', 'logs', 'ecs', 'codedeploy', 'secretsmanager', 'ssm', 'ssmmessages', 'sts'],
  ...['monitoring', 'sns', 'sqs', 'events', 'kms'],
] as const;

const vpcRange = z
  .string()
  .refine(
    isPrivateRange,
    'must be a private range from /16 to /20 that begins where its size allows, as in 10.0.0.0/16',
  );

/** IPv4 ranges from which a task that is started once can be reached. */
const clientRange = z
  .string()
  .refine(
    text => parseRange(text) !== undefined,
    'must be an IPv4 range that begins where its size allows, as in 203.0.113.0/24',
  );

/** The schema of `network:` of an environment. */
export const networkSchema = z.strictObject({
  cidr: vpcRange.default('10.0.0.0/16'),
  zones: z.array(zone).min(2, 'name at least two availability zones').max(4, 'name at most four zones'),
  nat: z.int('must be a number of gateways').min(0).max(4).default(1),
  endpoints: z
    .array(z.enum(ENDPOINTS, `must be one of ${ENDPOINTS.join(', ')}`))
    .refine(all => new Set(all).size === all.length, 'names a service twice')
    .default([]),
  flowLogs: days.optional(),
  publicTasksFrom: clientRange.optional(),
});

export type Network = z.infer<typeof networkSchema>;

/** What is wrong with a network beside the others: keys below `network` and a sentence each. */
export function networkIssues(network: Network, region: string): { path: PropertyKey[]; message: string }[] {
  const { zones, nat } = network;
  const ofZones = zones.flatMap((zone, index) => {
    const path = ['zones', index];
    if (zone.slice(0, -1) !== region) return [{ path, message: `must be in ${region}` }];
    return zones.indexOf(zone) < index ? [{ path, message: 'is named twice' }] : [];
  });
  const ofNat =
    nat > zones.length ? [{ path: ['nat'], message: 'must not be more than the number of zones' }] : [];
  return [...ofZones, ...ofNat];
}

/** Whether two IPv4 ranges have an address in common: such networks can never be joined. */
export function rangesOverlap(one: string, other: string): boolean {
  const [a, b] = [parseRange(one), parseRange(other)];
  return a !== undefined && b !== undefined && a.first <= b.last && b.first <= a.last;
}

function isPrivateRange(text: string): boolean {
  const range = parseRange(text);
  if (range === undefined || range.bits < 16 || range.bits > 20) return false;
  return ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'].some(each => {
    const { first, last } = parseRange(each)!;
    return first <= range.first && range.last <= last;
  });
}

/** First and last address as numbers; `undefined` where the text is no range, or has bits behind its prefix. */
function parseRange(text: string): { first: number; last: number; bits: number } | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text);
  if (!match) return undefined;
  const [a, b, c, d, bits] = match.slice(1).map(Number) as [number, number, number, number, number];
  if ([a, b, c, d].some(octet => octet > 255) || bits > 32) return undefined;
  const first = a * 2 ** 24 + b * 2 ** 16 + c * 2 ** 8 + d;
  const size = 2 ** (32 - bits);
  return first % size === 0 ? { first, last: first + size - 1, bits } : undefined;
}
