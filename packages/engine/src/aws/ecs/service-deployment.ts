import { arn, nameOf } from '../../core/arn.ts';
import { AwsError } from '../../core/errors.ts';
import type { Ecs } from './ecs.ts';
import { type LoadBalancer, type Service, serviceKey } from './service.ts';

/**
 * What ECS's own controller did to a service, one row for each version that it was to run; told long after its tasks are
 * gone. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-deployment.html
 */
export interface ServiceDeployment {
  /** 20 characters, growing with time: of the service revision as well. */
  id: string;
  /** Key of the service. */
  service: string;
  serviceArn: string;
  taskDefinition: string;
  loadBalancers: LoadBalancer[];
  /** The task set that carries it, or the one that takes it back. */
  taskSet: string;
  status: ServiceDeploymentStatus;
  statusReason?: string;
  createdAt: number;
  updatedAt: number;
  finishedAt?: number;
  /** Why it is taken back, and since when. */
  rollback?: { reason: string; startedAt: number; to: string };
}

export type ServiceDeploymentStatus =
  | 'IN_PROGRESS'
  | 'SUCCESSFUL'
  | 'STOPPED'
  | 'ROLLBACK_IN_PROGRESS'
  | 'ROLLBACK_SUCCESSFUL'
  | 'ROLLBACK_FAILED';

const MOST_KEPT = 100;
const MOVING: ServiceDeploymentStatus[] = ['IN_PROGRESS', 'ROLLBACK_IN_PROGRESS'];

/** A new version begins; what was under way is over. */
export function beginDeployment(
  ecs: Ecs,
  service: Service,
  { taskSet, status = 'IN_PROGRESS' }: { taskSet: string; status?: ServiceDeploymentStatus },
): void {
  const key = serviceKey(service.cluster, service.name);
  const now = ecs.context.clock.now();
  const before = deploymentsOf(ecs, key);
  for (const each of before.filter(({ status }) => MOVING.includes(status)))
    put(ecs, { ...each, status: 'STOPPED', statusReason: 'A newer deployment began.', finishedAt: now });
  for (const each of before.slice(0, -MOST_KEPT + 1)) ecs.tables.serviceDeployments.delete(keyOf(each));
  const number = (before.at(-1)?.id ?? '').slice(0, 8);
  const id = `${(Number.parseInt(number || '0', 16) + 1).toString(16).padStart(8, '0')}${ecs.context.ids.hex(12)}`;
  put(ecs, {
    ...{ id, service: key, serviceArn: service.arn, taskDefinition: service.taskDefinition, taskSet, status },
    ...{ loadBalancers: service.loadBalancers, createdAt: now, updatedAt: now },
    ...(status !== 'IN_PROGRESS' && { finishedAt: now }),
  });
}

/** What a task set carries is over, in one way or the other. */
export function endDeployment(
  ecs: Ecs,
  key: string,
  taskSet: string,
  state: 'COMPLETED' | 'FAILED',
  reason: string,
): void {
  const found = carriedBy(ecs, key, taskSet);
  if (!found) return;
  const isBack = found.status === 'ROLLBACK_IN_PROGRESS';
  const good = isBack ? 'ROLLBACK_SUCCESSFUL' : 'SUCCESSFUL';
  const bad = isBack ? 'ROLLBACK_FAILED' : 'STOPPED';
  put(ecs, {
    ...found,
    status: state === 'COMPLETED' ? good : bad,
    // What made it go back is worth more than that it is back.
    statusReason: isBack && state === 'COMPLETED' ? (found.rollback?.reason ?? reason) : reason,
    finishedAt: ecs.context.clock.now(),
  });
}

/** What a task set carried is taken back by another one. */
export function turnBack(
  ecs: Ecs,
  key: string,
  of: { failed: string; by: string; to: string; reason: string },
): void {
  const found = carriedBy(ecs, key, of.failed) ?? deploymentsOf(ecs, key).at(-1);
  if (!found) return;
  const rollback = { reason: of.reason, startedAt: ecs.context.clock.now(), to: of.to };
  const { finishedAt: _, ...rest } = found;
  put(ecs, { ...rest, taskSet: of.by, status: 'ROLLBACK_IN_PROGRESS', statusReason: of.reason, rollback });
}

/** Oldest first. */
export function deploymentsOf(ecs: Ecs, service: string): ServiceDeployment[] {
  return ecs.tables.serviceDeployments.values(`${service}/`);
}

/** By ARNs of deployments or of their revisions. Throws InvalidParameterException for what is neither. */
export function findDeployment(ecs: Ecs, reference: unknown): ServiceDeployment | undefined {
  const [, cluster, service, id] =
    typeof reference === 'string' ? reference.split(/:service-(?:deployment|revision)\/|\//) : [];
  if (!cluster || !service || !id) {
    throw new AwsError(
      'InvalidParameterException',
      `'${String(reference)}' is not the ARN of a service deployment or revision.`,
    );
  }
  return ecs.tables.serviceDeployments.get(`${cluster}/${service}/${id}`);
}

/** Of a service that is made anew under a name that was used before, nothing is known. */
export function forgetDeployments(ecs: Ecs, service: string): void {
  for (const each of deploymentsOf(ecs, service)) ecs.tables.serviceDeployments.delete(keyOf(each));
}

/** As DescribeServiceDeployments shows it; ListServiceDeployments shows a part of it. */
export function deploymentView(ecs: Ecs, each: ServiceDeployment) {
  const { rollback, status, statusReason } = each;
  const time = (at: number | undefined) => (at === undefined ? undefined : new Date(at));
  return {
    serviceDeploymentArn: partArn(ecs, 'service-deployment', each),
    serviceArn: each.serviceArn,
    clusterArn: arn('ecs', ecs.context, `cluster/${each.service.split('/')[0]}`),
    targetServiceRevision: { arn: revisionArn(ecs, each) },
    ...{ status, statusReason },
    ...{ createdAt: time(each.createdAt), startedAt: time(each.createdAt), updatedAt: time(each.updatedAt) },
    ...{ finishedAt: time(each.finishedAt) },
    rollback: rollback && { reason: rollback.reason, startedAt: new Date(rollback.startedAt) },
  };
}

export function revisionArn(ecs: Ecs, deployment: ServiceDeployment): string {
  return partArn(ecs, 'service-revision', deployment);
}

function partArn(ecs: Ecs, kind: string, { service, id }: ServiceDeployment): string {
  return arn('ecs', ecs.context, `${kind}/${service}/${id}`);
}

function carriedBy(ecs: Ecs, key: string, taskSet: string): ServiceDeployment | undefined {
  return deploymentsOf(ecs, key).findLast(each => each.taskSet === taskSet && MOVING.includes(each.status));
}

function put(ecs: Ecs, deployment: ServiceDeployment): void {
  const updatedAt = ecs.context.clock.now();
  ecs.tables.serviceDeployments.put(keyOf(deployment), { ...deployment, updatedAt });
}

function keyOf({ service, id }: ServiceDeployment): string {
  return `${service}/${nameOf(id)}`;
}
