import { z } from 'zod';
import { shortName } from './names.ts';
import { secrets } from './secrets.ts';
import { command, variables } from './variables.ts';

/** A repository of AWS's public registry, or of a registry of one's own, with a tag or a digest. */
const IMAGE =
  /^(public\.ecr\.aws|\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(\.cn)?)((\/[a-z0-9]+([._-][a-z0-9]+)*)+)(:[\w][\w.-]{0,127})?(@sha256:[0-9a-f]{64})?$/;

const image = z
  .string()
  .max(300)
  .regex(IMAGE, {
    error:
      'must be an image of public.ecr.aws or of an ECR registry, as in public.ecr.aws/docker/library/redis:7.4',
    abort: true,
  })
  .refine(value => /[@:][^/]*$/.test(value), 'must name a tag or a digest')
  .refine(value => !value.endsWith(':latest'), 'must name a version: nobody can go back to latest');

const seconds = (min: number, max: number) =>
  z
    .int('must be a whole number of seconds')
    .min(min, `must be ${min} or more`)
    .max(max, `must be at most ${max}`);

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html */
const health = z.strictObject({
  command,
  interval: seconds(5, 300).default(30),
  timeout: seconds(2, 60).default(5),
  retries: z.int().min(1).max(10).default(3),
  grace: seconds(0, 300).default(0),
});

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDependency.html */
export const dependsOn = z.record(
  shortName(30),
  z.enum(['START', 'HEALTHY', 'COMPLETE', 'SUCCESS'], 'must be START, HEALTHY, COMPLETE or SUCCESS'),
);

const keys = z.strictObject({
  /** Left out: the service's own image, as another process of it. */
  image: image.optional(),
  command: command.optional(),
  /** CPU units and MiB out of the task's. */
  cpu: z.int().min(0).max(16384).default(0),
  memory: z.int('must be a whole number of MiB').min(6, 'must be 6 or more').max(122880).default(128),
  /** Whether the task ends when this container does. */
  essential: z.boolean('must be true or false').default(false),
  environment: variables.default({}),
  secrets: secrets.default({}),
  ports: z.array(z.int('must be a port').min(1024, 'must be 1024 or higher').max(65535)).max(10).default([]),
  health: health.optional(),
  dependsOn: dependsOn.default({}),
});

const container = keys.superRefine(({ image, command }, context) => {
  if (image !== undefined || command !== undefined) return;
  const message =
    "says neither image nor command: name a command of the service's own image, or another image";
  context.addIssue({ code: 'custom', path: [], message });
});

/** What else runs in each task of a service, beside the service. */
export const containers = z
  .record(shortName(30), container)
  .refine(all => Object.keys(all).length <= 9, 'name at most nine: a task has ten containers');

export type Sidecar = z.infer<typeof container>;
export type Containers = Readonly<Record<string, Sidecar>>;

interface Task {
  readonly name: string;
  readonly port: number;
  readonly cpu: number;
  readonly memory: number;
  readonly containers: Containers;
  readonly dependsOn: Sidecar['dependsOn'];
}

/** MiB that the service itself needs at least. */
const OWN_MEMORY = 128;

/** What ECS would refuse, or never start, of a task with sidecars; each with the place where it stands. */
export function containerFaults(task: Task): { path: string[]; message: string }[] {
  const all = Object.entries(task.containers);
  const sum = (key: 'cpu' | 'memory') => all.reduce((total, [, each]) => total + each[key], 0);
  const faults: { path: string[]; message: string }[] = [];
  const fault = (path: string[], message: string) => faults.push({ path, message });

  if (task.containers[task.name])
    fault(['containers', task.name], 'is the name of the service itself: choose another');
  if (sum('cpu') >= task.cpu) {
    fault(['cpu'], `must be more than the ${sum('cpu')} of its containers: take a bigger size`);
  }
  if (sum('memory') + OWN_MEMORY > task.memory) {
    const needed = sum('memory') + OWN_MEMORY;
    fault(
      ['memory'],
      `must be at least ${needed}: ${sum('memory')} of its containers and ${OWN_MEMORY} of the service`,
    );
  }
  const taken = new Map([[task.port, task.name]]);
  for (const [name, { ports }] of all) {
    for (const [index, port] of ports.entries()) {
      if (taken.has(port))
        fault(['containers', name, 'ports', String(index)], `is a port of ${taken.get(port)} already`);
      else taken.set(port, name);
    }
  }
  const edges: [string[], string, Sidecar['dependsOn']][] = [
    [['dependsOn'], task.name, task.dependsOn],
    ...all.map(([name, each]): [string[], string, Sidecar['dependsOn']] => [
      ['containers', name, 'dependsOn'],
      name,
      each.dependsOn,
    ]),
  ];
  const waitsFor = new Map(edges.map(([, name, on]) => [name, Object.keys(on)]));
  for (const [path, name, on] of edges) {
    for (const [other, condition] of Object.entries(on)) {
      const message =
        edgeFault(task, name, other, condition) ??
        (reaches(waitsFor, other, name) ? 'goes round in a circle' : undefined);
      if (message !== undefined) fault([...path, other], message);
    }
  }
  return faults;
}

function edgeFault(task: Task, name: string, other: string, condition: string): string | undefined {
  if (other === name) return 'is the container itself';
  const sidecar = task.containers[other];
  if (sidecar === undefined && other !== task.name) return `there is no container ${other}`;
  if (condition === 'HEALTHY' && sidecar?.health === undefined)
    return `${other} has no health check: use START`;
  const ends = condition === 'COMPLETE' || condition === 'SUCCESS';
  if (ends && (sidecar === undefined || sidecar.essential))
    return `${other} is essential, so it never ends: use START`;
  return undefined;
}

function reaches(
  waitsFor: ReadonlyMap<string, string[]>,
  from: string,
  to: string,
  seen = new Set<string>(),
): boolean {
  if (from === to) return true;
  if (seen.has(from)) return false;
  seen.add(from);
  return (waitsFor.get(from) ?? []).some(next => reaches(waitsFor, next, to, seen));
}
