import type { Contract } from '@slipway/contract';
import { stringify } from 'yaml';
import { type Placement, releaseTaskDefinition } from './task-definition.ts';

/** The names and texts of the files that a blue/green action takes, per environment. */
export function releaseFiles(
  placement: Placement,
  tags: Readonly<Record<string, string>>,
): Record<string, string> {
  return {
    'taskdef.json': `${JSON.stringify(releaseTaskDefinition(placement, tags), null, 2)}\n`,
    'appspec.yaml': appSpec(placement.service),
  };
}

/**
 * CodeDeploy forgets the capacity providers of a service unless the AppSpec repeats them, so they always stand
 * here, as does the platform version. Never the network configuration: it is all or none, its ids are unknown at
 * synthesis, and without it the service's own is used.
 * https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-resources.html
 */
function appSpec(service: Contract): string {
  const resources = stringify({
    Resources: [
      {
        TargetService: {
          Type: 'AWS::ECS::Service',
          Properties: {
            TaskDefinition: '<TASK_DEFINITION>',
            LoadBalancerInfo: { ContainerName: service.name, ContainerPort: service.port },
            PlatformVersion: PLATFORM_VERSION,
            CapacityProviderStrategy: CAPACITY.map(({ capacityProvider, base, weight }) => ({
              CapacityProvider: capacityProvider,
              Base: base,
              Weight: weight,
            })),
          },
        },
      },
    ],
  });
  return `version: 0.0\n${resources}`;
}

export const PLATFORM_VERSION = 'LATEST';
export const CAPACITY = [{ capacityProvider: 'FARGATE', base: 0, weight: 1 }];
