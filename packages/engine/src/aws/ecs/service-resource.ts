import { AwsError } from '../../core/errors.ts';
import type { ResourceHandler, ResourceRequest, ResourceResult } from '../../core/resource.ts';
import { until } from '../../core/until.ts';
import { type Ecs, oncePerToken } from './ecs.ts';
import { generatedName } from './generated-name.ts';
import { apiMembers } from './properties.ts';
import { findService, type NewService, type Service, serviceKey } from './service.ts';
import { createService, deleteService, updateService } from './service-changes.ts';
import { taskSetsOf } from './task-set.ts';

/** Failures in a row after which a service that was never steady is given up; AWS waits for three hours. */
const HOPELESS_FAILURES = 5;
/** The controller is not among them: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/migrate-codedeploy-to-ecs-bluegreen.html */
const REPLACING = ['cluster', 'serviceName', 'launchType', 'schedulingStrategy'] as const;

/** `AWS::ECS::Service`: created and updated when steady, that is: running as desired and healthy. */
export function serviceResource(ecs: Ecs): ResourceHandler {
  const create = async (request: ResourceRequest): Promise<ResourceResult> => {
    const key = oncePerToken(ecs, `service/${request.token}`, () => {
      const given = membersOf(request.properties);
      const serviceName = given.serviceName ?? generatedName(ecs, request);
      const service = createService(ecs, { ...given, serviceName });
      return serviceKey(service.cluster, service.name);
    });
    return resultOf(await untilSteady(ecs, key));
  };
  return {
    create,
    update: async request => {
      const [wanted, before] = [membersOf(request.properties), membersOf(request.previous)];
      if (REPLACING.some(member => !isSame(wanted[member], before[member]))) return create(request);
      const key = keyOf(request.physicalId);
      oncePerToken(ecs, `service/${request.token}`, () => {
        updateService(ecs, requireByKey(ecs, key), changes(before, wanted));
        return key;
      });
      return resultOf(await untilSteady(ecs, key));
    },
    delete: async request => {
      const key = keyOf(request.physicalId);
      const service = findServiceByKey(ecs, key);
      if (!service) return;
      deleteService(ecs, service);
      await until(ecs.context.store, () => (findServiceByKey(ecs, key) ? undefined : true));
    },
  };
}

function membersOf(properties: object): NewService {
  const { role: _, ...members } = apiMembers(properties) as NewService & { role?: string };
  return members;
}

/** Only what the template changed: CloudFormation sends everything again, but compares first. */
function changes(before: NewService, wanted: NewService): Partial<NewService> {
  const changed = Object.entries(wanted).filter(
    ([name, value]) => !isSame(value, before[name as keyof NewService]),
  );
  return Object.fromEntries(changed.filter(([name]) => !(REPLACING as readonly string[]).includes(name)));
}

function untilSteady(ecs: Ecs, key: string): Promise<Service> {
  return until(ecs.context.store, () => {
    const service = requireByKey(ecs, key);
    const primary = taskSetsOf(ecs, key).find(set => set.status === 'PRIMARY');
    if (primary?.rollout?.state === 'FAILED') throw notStabilized(service, primary.rollout.reason);
    if (primary && !primary.wasStable && primary.failuresInARow >= HOPELESS_FAILURES) {
      const { reason = 'its tasks fail', logTail = [] } = primary.lastFailure ?? {};
      throw notStabilized(service, [reason, ...logTail.slice(-5)].join('\n'));
    }
    const isRolledOut = service.controller === 'CODE_DEPLOY' || primary?.rollout?.state === 'COMPLETED';
    return primary?.stable && isRolledOut ? service : undefined;
  });
}

function notStabilized({ name }: Service, reason: string): AwsError {
  return new AwsError(
    'NotStabilized',
    `Resource of type 'AWS::ECS::Service' did not stabilize: service ${name}: ${reason}`,
  );
}

function resultOf({ arn, name }: Service): ResourceResult {
  return { physicalId: arn, attributes: { ServiceArn: arn, Name: name } };
}

function keyOf(physicalId: string): string {
  return physicalId.split('/').slice(-2).join('/');
}

function findServiceByKey(ecs: Ecs, key: string): Service | undefined {
  const [cluster = '', name = ''] = key.split('/');
  return findService(ecs, cluster, name);
}

function requireByKey(ecs: Ecs, key: string): Service {
  const service = findServiceByKey(ecs, key);
  if (!service) throw new AwsError('ServiceNotFoundException', `Service not found: ${key}`);
  return service;
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
