import { scalingIn } from '@slipway/contract';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import type * as elb from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Fn } from 'aws-cdk-lib/core';
import { importPrivateSubnets } from '../platform/imports.ts';
import { platformVersionOf, templateStrategy } from './capacity.ts';
import type { ServicePlace } from './service-place.ts';

export interface ServiceParts {
  /** Id of the tasks' security group. */
  readonly securityGroup: string;
  readonly blue: elb.CfnTargetGroup;
}

/**
 * What an ECS service is made of, whoever controls its deployments. The template names the family of its task
 * definition and never a revision: which revision runs belongs to the releases.
 */
export function serviceProperties(
  { names, service, environment }: ServicePlace,
  { securityGroup, blue }: ServiceParts,
) {
  return {
    cluster: Fn.importValue(names.exports(environment.name).cluster),
    serviceName: service.name,
    taskDefinition: names.deployed(service.name, environment.name).family,
    // Who scales owns the number: a template that says it too would set it back.
    ...(!scalingIn(service, environment.environment) && {
      desiredCount: service.tasks[environment.environment]!,
    }),
    capacityProviderStrategy: templateStrategy(names, service, environment),
    platformVersion: platformVersionOf(environment),
    deploymentConfiguration: { maximumPercent: 200, minimumHealthyPercent: 100 },
    healthCheckGracePeriodSeconds: service.health.grace,
    networkConfiguration: {
      awsvpcConfiguration: {
        assignPublicIp: 'DISABLED',
        subnets: importPrivateSubnets(names, environment),
        securityGroups: [securityGroup, ...callersGroup({ names, service, environment })],
      },
    },
    loadBalancers: [{ containerName: service.name, containerPort: service.port, targetGroupArn: blue.ref }],
    enableEcsManagedTags: true,
    propagateTags: 'SERVICE',
  } satisfies ecs.CfnServiceProps;
}

/** Tasks that call others by name (Service Connect) go there as members of the environment's group of callers. */
function callersGroup({
  names,
  service,
  environment,
}: Pick<ServicePlace, 'names' | 'service' | 'environment'>): string[] {
  const calls = service.deployment.controller === 'ecs' && service.calls.length > 0;
  return calls ? [Fn.importValue(names.exports(environment.name).callersSecurityGroup)] : [];
}
