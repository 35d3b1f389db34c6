import type { Environment } from '@slipway/contract';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import type { Construct } from 'constructs';
import type { Names } from '../names.ts';
import { strategyOf } from '../service/capacity.ts';
import type { TagValues } from '../tags.ts';
import { addInstances } from './instances.ts';

export interface CapacityProps {
  readonly names: Names;
  readonly environment: Environment;
  readonly architecture: string;
  readonly vpc: ec2.IVpc;
  readonly tags: TagValues;
}

const FARGATE = ['FARGATE', 'FARGATE_SPOT'];

/**
 * The cluster and what its tasks run on. Its default strategy counts for tasks that are started by hand; services name
 * theirs. Fargate is always there: only it gives a single task a public address.
 */
export function addCluster(scope: Construct, props: CapacityProps): ecs.CfnCluster {
  const { names, environment } = props;
  const { capacity, name } = environment;
  const defaultCapacityProviderStrategy = strategyOf(names, environment).map(({ base, ...item }) =>
    base > 0 ? { base, ...item } : item,
  );
  const cluster = new ecs.CfnCluster(scope, 'Cluster', {
    clusterName: names.cluster(name),
    ...(capacity.type !== 'ec2' && { capacityProviders: FARGATE, defaultCapacityProviderStrategy }),
    clusterSettings: [{ name: 'containerInsights', value: 'disabled' }],
  });
  if (capacity.type !== 'ec2') return cluster;

  // Joined by a resource of its own: so the cluster is there before its instances, and goes after them.
  const provider = addInstances(scope, { ...props, capacity, cluster });
  new ecs.CfnClusterCapacityProviderAssociations(scope, 'CapacityProviders', {
    cluster: cluster.ref,
    capacityProviders: [...FARGATE, provider.ref],
    defaultCapacityProviderStrategy,
  });
  return cluster;
}
