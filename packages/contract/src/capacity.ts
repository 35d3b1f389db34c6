import { z } from 'zod';

/** Keys that only one type of capacity knows. */
const KEYS_OF: Readonly<Record<string, readonly string[]>> = {
  'fargate-spot': ['onDemand', 'spot'],
  ec2: ['instanceType', 'count', 'max', 'market', 'disk', 'public'],
};

const instances = (least: number) => z.int('must be a number of instances').min(least).max(200);

/** The schema of `capacity:` of an environment. */
export const capacitySchema = z
  .strictObject({
    type: z
      .enum(['fargate', 'fargate-spot', 'ec2'], 'must be fargate, fargate-spot or ec2')
      .default('fargate'),
    onDemand: z.int('must be a number of tasks').min(1).max(100).optional(),
    spot: z.int('must be a number of tasks').min(1).max(100).optional(),
    instanceType: z
      .string()
      .regex(/^[a-z][a-z0-9-]*\.[a-z0-9-]+$/, 'must be an instance type, as in t4g.medium')
      .optional(),
    count: instances(1).optional(),
    max: instances(1).optional(),
    market: z.enum(['on-demand', 'spot'], 'must be on-demand or spot').optional(),
    disk: z
      .int('must be a number of GiB')
      .min(30, 'must be at least 30 GiB: the image of the operating system takes as much')
      .max(16384)
      .optional(),
    public: z.boolean('must be true or false').optional(),
  })
  .superRefine((capacity, context) => {
    const issue = (key: string, message: string) =>
      context.addIssue({ code: 'custom', path: [key], message });
    for (const [type, keys] of Object.entries(KEYS_OF)) {
      for (const key of keys) {
        const value = capacity[key as keyof typeof capacity];
        if (type !== capacity.type && value !== undefined)
          issue(key, `is only for type: ${type}, and this is ${capacity.type}: remove it`);
      }
    }
    if (capacity.type !== 'ec2') return;
    if (capacity.instanceType === undefined) issue('instanceType', 'is missing: add it, as in t4g.medium');
    if (capacity.max !== undefined && capacity.max < (capacity.count ?? EC2_COUNT))
      issue('max', `must be at least the count, which is ${capacity.count ?? EC2_COUNT}`);
  })
  .transform(({ type, onDemand = 1, spot = 4, instanceType = '', count = EC2_COUNT, ...rest }): Capacity => {
    if (type === 'fargate') return { type };
    if (type === 'fargate-spot') return { type, onDemand, spot };
    const { max = count * 2, market = 'on-demand', disk = 30, public: isPublic = false } = rest;
    return { type, instanceType, count, max, market, diskGiB: disk, public: isPublic };
  });

const EC2_COUNT = 2;

/** What tasks of an environment run on. */
export type Capacity = Fargate | FargateSpot | Ec2;

export interface Fargate {
  readonly type: 'fargate';
}

/** Spare capacity that AWS may take back with two minutes' notice. */
export interface FargateSpot {
  readonly type: 'fargate-spot';
  /** Tasks of each service that always run on demand, so that not everything can go at once. */
  readonly onDemand: number;
  /** Of the tasks beyond those, how many run on Spot for each one on demand. */
  readonly spot: number;
}

/** Instances of one's own account. */
export interface Ec2 {
  readonly type: 'ec2';
  readonly instanceType: string;
  /** Instances that are always there. */
  readonly count: number;
  /** Up to how many ECS adds while tasks have no room, as in a blue/green deployment. */
  readonly max: number;
  readonly market: 'on-demand' | 'spot';
  readonly diskGiB: number;
  /** Whether instances stand in the public subnets with public addresses; their tasks never do. */
  readonly public: boolean;
}

/** Families of Graviton instances carry a g behind their generation, as in t4g, m7gd; a1 is the first of them. */
export function instanceArchitecture(instanceType: string): 'ARM64' | 'X86_64' {
  const family = instanceType.split('.')[0]!;
  return family === 'a1' || /^[a-z]+\d+g[a-z]*$/.test(family) ? 'ARM64' : 'X86_64';
}

/** What is wrong with capacity beside the architecture that images are built for. */
export function capacityIssues(
  capacity: Capacity,
  architecture: string,
): { path: PropertyKey[]; message: string }[] {
  if (capacity.type !== 'ec2' || !capacity.instanceType) return []; // what is missing is told already
  if (instanceArchitecture(capacity.instanceType) === architecture) return [];
  const message = `must be an instance type of ${architecture}, which images are built for (architecture: above)`;
  return [{ path: ['instanceType'], message }];
}
