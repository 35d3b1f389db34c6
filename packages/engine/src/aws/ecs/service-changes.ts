import { arn } from '../../core/arn.ts';
import { AwsError } from '../../core/errors.ts';
import { requireCluster } from './cluster.ts';
import type { Ecs } from './ecs.ts';
import {
  findService,
  type NewService,
  type Service,
  type ServiceSettings,
  serviceKey,
  tellDeployment,
} from './service.ts';
import { beginDeployment, forgetDeployments } from './service-deployment.ts';
import { findTaskDefinition, requireActive, requireTaskDefinition } from './task-definition.ts';
import { addTaskSet, deleteTaskSet, type TaskSet, taskSetsOf } from './task-set.ts';

/**
 * Makes a service and its first task set, which is the primary one. Throws InvalidParameterException for what AWS
 * refuses, and for what is not carried out locally.
 */
export function createService(ecs: Ecs, given: NewService): Service {
  return ecs.context.store.transaction(() => {
    const cluster = requireCluster(ecs, given.cluster).name;
    check(given);
    if (findService(ecs, cluster, given.serviceName)) {
      throw invalid('Creation of service was not idempotent.');
    }
    const taskDefinition = requireActive(ecs, given.taskDefinition);
    const {
      deploymentController,
      schedulingStrategy,
      serviceName,
      tags = [],
      cluster: _,
      ...settings
    } = given;
    const controller = deploymentController?.type === 'CODE_DEPLOY' ? 'CODE_DEPLOY' : 'ECS';
    const service: Service = {
      arn: arn('ecs', ecs.context, `service/${cluster}/${serviceName}`),
      name: serviceName,
      cluster,
      status: 'ACTIVE',
      controller,
      createdAt: ecs.context.clock.now(),
      desired: given.desiredCount ?? 1,
      taskDefinition: taskDefinition.arn,
      loadBalancers: given.loadBalancers ?? [],
      settings,
      tags,
    };
    forgetDeployments(ecs, serviceKey(cluster, serviceName));
    ecs.tables.services.put(serviceKey(cluster, serviceName), service);
    startVersion(ecs, service);
    return service;
  });
}

/** The first task set of a service, or the next deployment of one that ECS controls: the primary from now on. */
export function startVersion(ecs: Ecs, service: Service, { isRollback = false } = {}): TaskSet {
  const updatedAt = ecs.context.clock.now();
  for (const set of taskSetsOf(ecs, serviceKey(service.cluster, service.name))) {
    if (!set.leaving) ecs.tables.taskSets.put(set.id, { ...set, status: 'ACTIVE', updatedAt });
  }
  const [loadBalancer] = service.loadBalancers;
  const set = addTaskSet(ecs, service, {
    status: 'PRIMARY',
    taskDefinition: requireTaskDefinition(ecs, service.taskDefinition),
    ...(loadBalancer ? { loadBalancer } : {}),
    scalePercent: 100,
    ...(service.controller === 'ECS'
      ? { rollout: { state: 'IN_PROGRESS', reason: `ECS deployment is in progress.` } as const }
      : {}),
  });
  if (set.rollout) {
    if (!isRollback) beginDeployment(ecs, service, { taskSet: set.id });
    tellDeployment(ecs, service, set.id, 'SERVICE_DEPLOYMENT_IN_PROGRESS', 'ECS deployment started.');
  }
  return set;
}

/**
 * Changes a service as UpdateService does. Throws InvalidParameterException for an edit that a CODE_DEPLOY service does
 * not take: its version, network and load balancers change by a CodeDeploy deployment.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html
 */
export function updateService(
  ecs: Ecs,
  former: Service,
  given: ServiceSettings & Pick<NewService, 'deploymentController' | 'tags'>,
): Service {
  return ecs.context.store.transaction(() => {
    const { deploymentController, ...wanted } = given;
    check(given);
    const service = changeController(ecs, former, deploymentController?.type);
    if (service.controller === 'CODE_DEPLOY') refuseVersionEdits(ecs, service, wanted);
    const { tags = service.tags, forceNewDeployment = false, ...settings } = wanted;
    const version =
      service.controller === 'ECS' && wanted.taskDefinition !== undefined
        ? requireActive(ecs, wanted.taskDefinition).arn
        : service.taskDefinition;
    const changed: Service = {
      ...service,
      desired: wanted.desiredCount ?? service.desired,
      settings: { ...service.settings, ...settings },
      loadBalancers:
        service.controller === 'ECS'
          ? (wanted.loadBalancers ?? service.loadBalancers)
          : service.loadBalancers,
      taskDefinition: version,
      tags,
    };
    const isNewVersion =
      service.controller === 'ECS' &&
      (forceNewDeployment ||
        version !== service.taskDefinition ||
        !isSame(changed.loadBalancers, service.loadBalancers));
    ecs.tables.services.put(serviceKey(service.cluster, service.name), changed);
    if (isNewVersion) startVersion(ecs, changed);
    else if (changed.desired !== service.desired) unsettle(ecs, changed);
    return changed;
  });
}

/**
 * Another controller takes the service over as it is, when nothing of it is under way; its one version stays.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/migrate-codedeploy-to-ecs-bluegreen.html
 */
function changeController(ecs: Ecs, service: Service, type: string | undefined): Service {
  if (type === undefined || type === service.controller) return service;
  const key = serviceKey(service.cluster, service.name);
  const sets = taskSetsOf(ecs, key).filter(set => !set.leaving);
  const [set] = sets;
  if (!set || sets.length > 1 || set.rollout?.state === 'IN_PROGRESS')
    throw invalid(
      'Unable to update the deployment controller while a deployment of the service is in progress.',
    );
  const { rollout: _, externalId: __, ...rest } = set;
  const changed: Service = { ...service, controller: type as Service['controller'] };
  ecs.tables.services.put(key, changed);
  if (type === 'CODE_DEPLOY') {
    ecs.tables.taskSets.put(set.id, rest);
  } else {
    const reason = `ECS deployment ${set.id} completed.`;
    ecs.tables.taskSets.put(set.id, { ...rest, rollout: { state: 'COMPLETED', reason } });
    beginDeployment(ecs, changed, { taskSet: set.id, status: 'SUCCESSFUL' });
  }
  return changed;
}

/** Begins to remove a service: its task sets drain and stop; INACTIVE when they are gone. */
export function deleteService(ecs: Ecs, service: Service): void {
  ecs.context.store.transaction(() => {
    const key = serviceKey(service.cluster, service.name);
    if (ecs.tables.services.get(key)?.status !== 'ACTIVE') return;
    ecs.tables.services.update(key, each => ({ ...each, status: 'DRAINING', desired: 0 }));
    for (const set of taskSetsOf(ecs, key)) deleteTaskSet(ecs, set.id, { force: true });
  });
}

const FROZEN: [keyof ServiceSettings, string][] = [
  ['networkConfiguration', 'network parameters'],
  ['loadBalancers', 'load balancers'],
  ['platformVersion', 'platform version'],
  ['capacityProviderStrategy', 'capacity provider strategy'],
  ['serviceRegistries', 'service registries'],
  ['serviceConnectConfiguration', 'service connect configuration'],
];

function refuseVersionEdits(ecs: Ecs, service: Service, wanted: ServiceSettings): void {
  if (wanted.forceNewDeployment === true) throw byCodeDeploy('Cannot force a new deployment');
  const version = wanted.taskDefinition;
  const isOther =
    version !== undefined &&
    version !== service.settings.taskDefinition &&
    findTaskDefinition(ecs, version)?.arn !== service.taskDefinition;
  if (isOther) throw byCodeDeploy('Unable to update task definition');
  for (const [member, words] of FROZEN) {
    const value = wanted[member];
    if (value !== undefined && !isSame(value, service.settings[member]))
      throw byCodeDeploy(`Unable to update ${words}`);
  }
}

function byCodeDeploy(what: string): AwsError {
  return invalid(
    `${what} on services with a CODE_DEPLOY deployment controller. Use AWS CodeDeploy to trigger a new deployment.`,
  );
}

/** After a changed count nothing is steady until the controller has seen it so. */
function unsettle(ecs: Ecs, service: Service): void {
  for (const set of taskSetsOf(ecs, serviceKey(service.cluster, service.name))) {
    ecs.tables.taskSets.put(set.id, { ...set, stable: false });
  }
}

function check(given: Partial<NewService>): void {
  const { serviceName, desiredCount, deploymentController, schedulingStrategy, deploymentConfiguration } =
    given;
  if (serviceName !== undefined && !/^[a-zA-Z0-9_-]{1,255}$/.test(serviceName)) {
    throw invalid('Invalid service name: use letters, numbers, hyphens and underscores.');
  }
  if (
    desiredCount !== undefined &&
    !(Number.isInteger(desiredCount) && desiredCount >= 0 && desiredCount <= 5000)
  ) {
    throw invalid('Invalid desired count: a whole number from 0 to 5000.');
  }
  const type = deploymentController?.type ?? 'ECS';
  if (type !== 'ECS' && type !== 'CODE_DEPLOY') throw notYet(`deployment controller ${type}`);
  if ((schedulingStrategy ?? 'REPLICA') !== 'REPLICA')
    throw notYet(`scheduling strategy ${schedulingStrategy}`);
  const strategy = deploymentConfiguration?.strategy ?? 'ROLLING';
  if (strategy !== 'ROLLING')
    throw invalid(
      `The deployment strategy ${strategy} of ECS is not carried out locally yet: here ECS rolls, and CodeDeploy shifts traffic.`,
    );
  if ((given.loadBalancers?.length ?? 0) > 1) throw notYet('a service with several target groups');
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function notYet(what: string): AwsError {
  return invalid(`${what} is not carried out locally yet`);
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidParameterException', message);
}
