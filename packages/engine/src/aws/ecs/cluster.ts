import { arn, nameOf } from '../../core/arn.ts';
import { AwsError } from '../../core/errors.ts';
import type { Ecs, Tag } from './ecs.ts';

export interface Cluster {
  name: string;
  arn: string;
  status: 'ACTIVE' | 'INACTIVE';
  createdAt: number;
  settings: unknown[];
  capacityProviders: string[];
  defaultCapacityProviderStrategy: unknown[];
  tags: Tag[];
}

export type ClusterOptions = Partial<Omit<Cluster, 'name' | 'arn' | 'status' | 'createdAt'>>;

/** Makes or changes a cluster. Throws InvalidParameterException for a name that AWS refuses. */
export function putCluster({ context, tables }: Ecs, name: string, options: ClusterOptions): Cluster {
  if (!/^[a-zA-Z0-9_-]{1,255}$/.test(name)) {
    throw new AwsError(
      'InvalidParameterException',
      `Identifier was ${JSON.stringify(name.slice(0, 80))}: no cluster name`,
    );
  }
  const before = tables.clusters.get(name);
  const cluster: Cluster = {
    settings: [],
    capacityProviders: [],
    defaultCapacityProviderStrategy: [],
    tags: [],
    createdAt: context.clock.now(),
    ...(before?.status === 'ACTIVE' ? before : {}),
    ...options,
    name,
    arn: arn('ecs', context, `cluster/${name}`),
    status: 'ACTIVE',
  };
  tables.clusters.put(name, cluster);
  return cluster;
}

/** By ARN or name; `default` when not given, as in AWS. Throws ClusterNotFoundException. */
export function requireCluster({ tables }: Ecs, reference: string | undefined): Cluster {
  const cluster = tables.clusters.get(nameOf(reference ?? 'default'));
  if (cluster?.status !== 'ACTIVE') throw new AwsError('ClusterNotFoundException', 'Cluster not found.');
  return cluster;
}

/** Throws ClusterContainsServicesException or ClusterContainsTasksException while something lives in it. */
export function deleteCluster({ tables }: Ecs, name: string): void {
  const cluster = tables.clusters.get(name);
  if (!cluster) return;
  if (tables.services.values(`${name}/`).some(service => service.status !== 'INACTIVE')) {
    throw new AwsError(
      'ClusterContainsServicesException',
      'The Cluster cannot be deleted while Services are active.',
    );
  }
  if (tables.tasks.values().some(task => task.cluster === name && task.lastStatus !== 'STOPPED')) {
    throw new AwsError(
      'ClusterContainsTasksException',
      'The Cluster cannot be deleted while Tasks are active.',
    );
  }
  tables.clusters.put(name, { ...cluster, status: 'INACTIVE' });
}
