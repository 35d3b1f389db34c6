import { arn, nameOf } from '../../core/arn.ts';
import { AwsError } from '../../core/errors.ts';
import { type Ecs, oncePerToken, type Tag } from './ecs.ts';

/** What the runtime reads of a container definition; everything else is kept as it was given. */
export interface ContainerDefinition {
  name: string;
  image: string;
  essential?: boolean;
  entryPoint?: string[];
  command?: string[];
  workingDirectory?: string;
  environment?: { name: string; value: string }[];
  secrets?: { name: string; valueFrom: string }[];
  portMappings?: { containerPort: number; hostPort?: number; protocol?: string; name?: string }[];
  memory?: number;
  cpu?: number;
  /** Seconds between SIGTERM and SIGKILL. */
  stopTimeout?: number;
  healthCheck?: HealthCheck;
  /** Seconds that containers which depend on this one wait for what they want of it. */
  startTimeout?: number;
  dependsOn?: { containerName: string; condition: 'START' | 'COMPLETE' | 'SUCCESS' | 'HEALTHY' }[];
  logConfiguration?: { logDriver: string; options?: Record<string, string> };
  dockerLabels?: Record<string, string>;
}

/** Interval, timeout and start period are seconds. */
export interface HealthCheck {
  command: string[];
  interval?: number;
  timeout?: number;
  retries?: number;
  startPeriod?: number;
}

export interface Definition {
  family: string;
  containerDefinitions: ContainerDefinition[];
  cpu?: string;
  /** MiB. */
  memory?: string;
  networkMode?: string;
  taskRoleArn?: string;
  executionRoleArn?: string;
  requiresCompatibilities?: string[];
}

export interface TaskDefinition {
  arn: string;
  family: string;
  revision: number;
  status: 'ACTIVE' | 'INACTIVE';
  registeredAt: number;
  deregisteredAt?: number;
  definition: Definition;
  tags: Tag[];
}

const MAX_STOP_TIMEOUT_S = 120;

/**
 * Registers the next revision of a family and returns its ARN; the same token is the same revision. `tags` beside the
 * definition's members become the revision's tags. Throws ClientException for a definition that AWS refuses.
 */
export function registerTaskDefinition(ecs: Ecs, given: object, token?: string): string {
  const { tags = [], ...definition } = given as Definition & { tags?: Tag[] };
  return oncePerToken(ecs, token, () => {
    check(definition);
    const { family } = definition;
    const revision = (revisionsOf(ecs, family).at(-1)?.revision ?? 0) + 1;
    const taskDefinitionArn = arn('ecs', ecs.context, `task-definition/${family}:${revision}`);
    ecs.tables.taskDefinitions.put(keyOf(family, revision), {
      arn: taskDefinitionArn,
      family,
      revision,
      status: 'ACTIVE',
      registeredAt: ecs.context.clock.now(),
      definition,
      tags,
    });
    return taskDefinitionArn;
  });
}

/** By ARN, `family:revision`, or family, which means its latest ACTIVE revision. */
export function findTaskDefinition(ecs: Ecs, reference: string): TaskDefinition | undefined {
  const [family = '', revision] = familyPart(reference).split(':');
  if (revision !== undefined) return ecs.tables.taskDefinitions.get(keyOf(family, Number(revision)));
  return revisionsOf(ecs, family).findLast(each => each.status === 'ACTIVE');
}

/** Throws ClientException when there is none. */
export function requireTaskDefinition(ecs: Ecs, reference: unknown): TaskDefinition {
  const found = typeof reference === 'string' ? findTaskDefinition(ecs, reference) : undefined;
  if (!found) throw new AwsError('ClientException', 'Unable to describe task definition.');
  return found;
}

/** For what is new: throws ClientException also for a revision that was deregistered. */
export function requireActive(ecs: Ecs, reference: unknown): TaskDefinition {
  const found = requireTaskDefinition(ecs, reference);
  if (found.status !== 'ACTIVE') throw clientError('TaskDefinition is inactive');
  return found;
}

/** An inactive revision starts no new service, but tasks of services that have it go on. */
export function deregisterTaskDefinition(ecs: Ecs, reference: string): TaskDefinition {
  const { family, revision } = requireTaskDefinition(ecs, reference);
  return ecs.tables.taskDefinitions.update(keyOf(family, revision), each => ({
    ...each,
    status: 'INACTIVE',
    deregisteredAt: each.deregisteredAt ?? ecs.context.clock.now(),
  }));
}

/** Oldest first. */
export function revisionsOf(ecs: Ecs, family: string): TaskDefinition[] {
  return ecs.tables.taskDefinitions.values(`${family}:`);
}

/** `family:7` of an ARN, or what was given. */
export function familyPart(reference: string): string {
  return reference.startsWith('arn:') ? reference.slice(reference.indexOf('/') + 1) : reference;
}

/** The same family, whether named by ARN, family or revision. */
export function isOfFamily(reference: string, family: string): boolean {
  return nameOf(familyPart(reference).split(':')[0] ?? '') === family;
}

function keyOf(family: string, revision: number): string {
  return `${family}:${String(revision).padStart(9, '0')}`;
}

function check({ family, containerDefinitions }: Definition): void {
  if (typeof family !== 'string' || !/^[a-zA-Z0-9_-]{1,255}$/.test(family)) {
    throw clientError(
      'Family contains invalid characters when it should only contain letters, numbers, hyphens, and underscores.',
    );
  }
  if (!Array.isArray(containerDefinitions) || containerDefinitions.length === 0) {
    throw clientError('Container definitions should not be empty.');
  }
  for (const container of containerDefinitions) checkContainer(container);
  const names = containerDefinitions.map(each => each.name);
  if (new Set(names).size < names.length) throw clientError('Container names must be unique.');
  if (containerDefinitions.every(each => each.essential === false)) {
    throw clientError('Task definition does not have any essential containers.');
  }
}

function checkContainer({ name, image, stopTimeout = 0 }: ContainerDefinition): void {
  if (typeof name !== 'string' || !/^[a-zA-Z0-9_-]{1,255}$/.test(name)) {
    throw clientError('Container.name contains invalid characters.');
  }
  if (typeof image !== 'string' || image === '')
    throw clientError('Container.image should not be null or empty.');
  if (stopTimeout > MAX_STOP_TIMEOUT_S) throw clientError('Container.stopTimeout should not be above 120.');
}

function clientError(message: string): AwsError {
  return new AwsError('ClientException', message);
}
