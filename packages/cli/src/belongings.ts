import { ECSClient, ListTaskDefinitionsCommand } from '@aws-sdk/client-ecs';
import { liveServices } from './live.ts';
import { stackNames, stackResources } from './stack.ts';
import type { Target } from './target.ts';

/** A service and where it may be. */
export interface Whereabouts {
  product: string;
  service: string;
  /** The names of the places, in the order in which a release visits them. */
  environments: string[];
  /** How a place is reached. */
  at(environment: string): Target;
}

/** What a service has, apart into what goes with it and what stays. */
export interface Belongings {
  places: Place[];
  /** The stack of its pipeline, with the roles that its other stacks are deleted with. */
  pipeline?: string;
  /** Stacks with its roles in further accounts, each seen from a place there. */
  roles: { stack: string; environment: string }[];
  kept: Kept[];
}

/** Where a service runs. */
export interface Place {
  environment: string;
  /** Undefined once it is deleted. */
  stack?: string;
  tasks: number;
  /** Task definition revisions that a rollback could bring back. */
  versions: string[];
}

/** Something that stays, in a stack that stays as well. */
export interface Kept {
  kind: 'table' | 'bucket' | 'images';
  name: string;
  stack: string;
}

const KINDS: Record<string, Kept['kind']> = {
  'AWS::DynamoDB::Table': 'table',
  'AWS::S3::Bucket': 'bucket',
  'AWS::ECR::Repository': 'images',
};

/** What there is of a service. */
export async function belongingsOf(target: Target, where: Whereabouts): Promise<Belongings> {
  const { product, service, environments } = where;
  const there = await stackNames(target, `${product}-${service}-`);
  const pipeline = there.find(name => name === `${product}-${service}-pipeline`);
  const keeping = [
    ...environments.map(each => ({ stack: `${product}-${service}-data-${each}`, at: where.at(each) })),
    { stack: `${product}-${service}-images`, at: target },
  ];
  const [places, roles, kept] = await Promise.all([
    Promise.all(
      environments.map(environment => placeOf(where.at(environment), { product, service, environment })),
    ),
    Promise.all(environments.map(environment => rolesAt(where, environment))),
    Promise.all(keeping.map(({ stack, at }) => keptIn(at, stack))),
  ]);
  return {
    places: places.filter(({ stack, versions }) => stack !== undefined || versions.length > 0),
    ...(pipeline && { pipeline }),
    roles: roles
      .flat()
      .filter(({ stack }, index, all) => all.findIndex(each => each.stack === stack) === index),
    kept: kept.flat(),
  };
}

/** Whether nothing is left of it but what is kept. */
export function isGone({ places, pipeline, roles }: Belongings): boolean {
  return places.length === 0 && pipeline === undefined && roles.length === 0;
}

interface Where {
  product: string;
  service: string;
  environment: string;
}

/** The name that a service's stack, its family and its application share in an environment. */
export function familyOf({ product, service, environment }: Where): string {
  return `${product}-${service}-${environment}`;
}

async function placeOf(target: Target, where: Where): Promise<Place> {
  const { product, service, environment } = where;
  const there = await stackNames(target, familyOf(where));
  const stack = there.find(name => name === familyOf(where));
  const [live, versions] = await Promise.all([
    liveServices(target, { product, environment, services: [service] }),
    versionsOfFamily(target, familyOf(where)),
  ]);
  return { environment, ...(stack && { stack }), tasks: live[0]?.running ?? 0, versions };
}

/** The revisions of a family that tasks could still be started from. */
export async function versionsOfFamily(target: Target, family: string): Promise<string[]> {
  const client = new ECSClient(target);
  const versions: string[] = [];
  let nextToken: string | undefined;
  do {
    const page = await client.send(
      new ListTaskDefinitionsCommand({
        ...{ familyPrefix: family, status: 'ACTIVE' as const },
        ...(nextToken && { nextToken }),
      }),
    );
    versions.push(...(page.taskDefinitionArns ?? []));
    nextToken = page.nextToken;
  } while (nextToken);
  return versions.filter(arn => arn.slice(arn.lastIndexOf('/') + 1).startsWith(`${family}:`));
}

async function rolesAt({ product, service, at }: Whereabouts, environment: string) {
  const stacks = await stackNames(at(environment), `${product}-${service}-roles-`);
  return stacks.map(stack => ({ stack, environment }));
}

async function keptIn(target: Target, stack: string): Promise<Kept[]> {
  if (!(await stackNames(target, stack)).includes(stack)) return [];
  return (await stackResources(target, stack)).flatMap(({ ResourceType, PhysicalResourceId: name }) => {
    const kind = KINDS[ResourceType ?? ''];
    return kind && name ? [{ kind, name, stack }] : [];
  });
}

/** What goes, a line per stack. */
export function goingLines({ places, pipeline, roles }: Belongings): string[] {
  return [
    ...places.map(({ environment, stack, tasks, versions }) => {
      const what = [
        ...(stack ? [`the stack ${stack} with ${count(tasks, 'running task')}`] : []),
        count(versions.length, 'version'),
      ];
      return `  ${environment.padEnd(10)}  ${what.join(', ')}`;
    }),
    ...roles.map(({ stack }) => `  ${'roles'.padEnd(10)}  the stack ${stack}`),
    ...(pipeline
      ? [`  ${'pipeline'.padEnd(10)}  the stack ${pipeline} with its runs, builds and roles`]
      : []),
  ];
}

/** What stays, a line per thing. */
export function keptLines(kept: Kept[]): string[] {
  if (kept.length === 0) return ['  nothing: it has neither tables nor buckets nor images'];
  return kept.map(({ kind, name, stack }) => `  ${kind.padEnd(10)}  ${name}  (stack ${stack})`);
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
