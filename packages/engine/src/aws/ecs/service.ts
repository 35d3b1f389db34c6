import { nameOf } from '../../core/arn.ts';
import { AwsError } from '../../core/errors.ts';
import { requireCluster } from './cluster.ts';
import type { Ecs, Tag } from './ecs.ts';

export interface LoadBalancer {
  targetGroupArn: string;
  containerName: string;
  containerPort: number;
}

export interface DeploymentConfiguration {
  minimumHealthyPercent?: number;
  maximumPercent?: number;
  deploymentCircuitBreaker?: { enable: boolean; rollback: boolean };
  strategy?: string;
}

/** Members as UpdateService and CreateService name them. */
export interface ServiceSettings {
  desiredCount?: number;
  taskDefinition?: string;
  loadBalancers?: LoadBalancer[];
  deploymentConfiguration?: DeploymentConfiguration;
  healthCheckGracePeriodSeconds?: number;
  networkConfiguration?: unknown;
  capacityProviderStrategy?: unknown[];
  launchType?: string;
  platformVersion?: string;
  enableECSManagedTags?: boolean;
  enableExecuteCommand?: boolean;
  propagateTags?: string;
  placementConstraints?: unknown[];
  placementStrategy?: unknown[];
  serviceRegistries?: unknown[];
  serviceConnectConfiguration?: unknown;
  forceNewDeployment?: boolean;
}

export interface Service {
  arn: string;
  name: string;
  cluster: string;
  status: 'ACTIVE' | 'DRAINING' | 'INACTIVE';
  controller: 'CODE_DEPLOY' | 'ECS';
  createdAt: number;
  desired: number;
  /** ARN of the primary version. */
  taskDefinition: string;
  loadBalancers: LoadBalancer[];
  /** Everything else that was given, for showing and for comparing. */
  settings: ServiceSettings;
  tags: Tag[];
}

export interface ServiceEvent {
  id: string;
  createdAt: number;
  message: string;
}

export interface NewService extends ServiceSettings {
  cluster?: string;
  serviceName: string;
  deploymentController?: { type?: string };
  schedulingStrategy?: string;
  tags?: Tag[];
}

const MOST_EVENTS = 100;

export function serviceKey(cluster: string, service: string): string {
  return `${nameOf(cluster)}/${nameOf(service)}`;
}

/** By ARNs or names; undefined when there is none, or not any more. */
export function findService(ecs: Ecs, cluster: string, name: string): Service | undefined {
  const service = ecs.tables.services.get(serviceKey(cluster, name));
  return service?.status === 'INACTIVE' ? undefined : service;
}

/** Throws ClusterNotFoundException, ServiceNotFoundException or ServiceNotActiveException. */
export function requireService(ecs: Ecs, cluster: string | undefined, name: string): Service {
  const service = ecs.tables.services.get(serviceKey(requireCluster(ecs, cluster).name, name));
  if (!service) throw new AwsError('ServiceNotFoundException', 'Service not found.');
  if (service.status !== 'ACTIVE') throw new AwsError('ServiceNotActiveException', 'Service was not ACTIVE.');
  return service;
}

/** Adds to the messages that DescribeServices shows. */
export function note(ecs: Ecs, key: string, message: string): void {
  const { ids, clock } = ecs.context;
  const name = nameOf(key);
  const event = { id: ids.uuid(), createdAt: clock.now(), message: `(service ${name}) ${message}` };
  const before = ecs.tables.serviceEvents.get(key) ?? [];
  ecs.tables.serviceEvents.put(key, [...before.slice(1 - MOST_EVENTS), event]);
}

export type DeploymentEventName =
  | 'SERVICE_DEPLOYMENT_IN_PROGRESS'
  | 'SERVICE_DEPLOYMENT_COMPLETED'
  | 'SERVICE_DEPLOYMENT_FAILED';

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_deployment_events.html */
export function tellDeployment(
  ecs: Ecs,
  service: Service,
  deploymentId: string,
  eventName: DeploymentEventName,
  reason: string,
): void {
  ecs.context.store.events.append({
    source: 'aws.ecs',
    'detail-type': 'ECS Deployment State Change',
    resources: [service.arn],
    detail: {
      eventType: eventName === 'SERVICE_DEPLOYMENT_FAILED' ? 'ERROR' : 'INFO',
      eventName,
      deploymentId,
      updatedAt: new Date(ecs.context.clock.now()).toISOString(),
      reason,
    },
  });
}
