import type { Operation } from '../../core/api.ts';
import { AwsError } from '../../core/errors.ts';
import type { Ecs } from './ecs.ts';
import { found, type Input, page, requireList, requireText } from './request.ts';
import { requireService, serviceKey } from './service.ts';
import { rollBack } from './service-controller.ts';
import { deploymentsOf, deploymentView, findDeployment, revisionArn } from './service-deployment.ts';
import { taskSetsOf } from './task-set.ts';

/** What ECS's own controller did to services, and what it was to run. */
export function serviceDeploymentOperations(ecs: Ecs): Record<string, Operation> {
  return {
    ListServiceDeployments: (input: Input) => {
      const service = requireService(ecs, input.cluster, requireText(input.service, 'Service'));
      const statuses = (input.status ?? []) as string[];
      const after = seconds(input.createdAt?.after);
      const newestFirst = deploymentsOf(ecs, serviceKey(service.cluster, service.name))
        .toReversed()
        .filter(each => statuses.length === 0 || statuses.includes(each.status))
        .filter(each => after === undefined || each.createdAt >= after);
      const { items, nextToken } = page(newestFirst, input);
      return {
        serviceDeployments: items.map(each => {
          const { targetServiceRevision, rollback: _, updatedAt: __, ...brief } = deploymentView(ecs, each);
          return { ...brief, targetServiceRevisionArn: targetServiceRevision.arn };
        }),
        nextToken,
      };
    },
    DescribeServiceDeployments: (input: Input) => {
      const { items, failures } = byArns(input.serviceDeploymentArns, 'ServiceDeploymentArns');
      return { serviceDeployments: items.map(each => deploymentView(ecs, each)), failures };
    },
    DescribeServiceRevisions: (input: Input) => {
      const { items, failures } = byArns(input.serviceRevisionArns, 'ServiceRevisionArns');
      return {
        serviceRevisions: items.map(each => ({
          serviceRevisionArn: revisionArn(ecs, each),
          serviceArn: each.serviceArn,
          taskDefinition: each.taskDefinition,
          loadBalancers: each.loadBalancers,
          createdAt: new Date(each.createdAt),
        })),
        failures,
      };
    },
    StopServiceDeployment: (input: Input) => {
      const deployment = findDeployment(ecs, input.serviceDeploymentArn);
      if (!deployment)
        throw new AwsError('ServiceDeploymentNotFoundException', 'The service deployment was not found.');
      if ((input.stopType ?? 'ROLLBACK') !== 'ROLLBACK')
        throw new AwsError(
          'InvalidParameterException',
          `stop type ${input.stopType} is not carried out locally yet`,
        );
      ecs.context.store.transaction(() => {
        const primary = taskSetsOf(ecs, deployment.service).find(
          set => set.status === 'PRIMARY' && !set.leaving,
        );
        const isItsOwn = deployment.status === 'IN_PROGRESS' && primary?.id === deployment.taskSet;
        if (!isItsOwn || !rollBack(ecs, deployment.service, primary, 'Rollback was requested.')) {
          throw new AwsError(
            'ConflictException',
            `The service deployment is ${deployment.status}: it cannot be stopped.`,
          );
        }
      });
      return { serviceDeploymentArn: input.serviceDeploymentArn };
    },
  };

  function byArns(arns: unknown, name: string) {
    return found(
      requireList(arns, name, 20),
      reference => findDeployment(ecs, reference),
      reference => reference,
    );
  }
}

/** Times of the JSON protocol are seconds. */
function seconds(value: unknown): number | undefined {
  return typeof value === 'number' ? value * 1000 : undefined;
}
