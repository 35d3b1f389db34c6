import type { Api } from '../../core/api.ts';
import type { Ecs } from './ecs.ts';
import { serviceDeploymentOperations } from './service-deployment-operations.ts';
import { serviceOperations } from './service-operations.ts';
import { taskDefinitionOperations } from './task-definition-operations.ts';
import { taskOperations } from './task-operations.ts';

/** The ECS API (JSON 1.1, target AmazonEC2ContainerServiceV20141113). */
export function createEcsApi(ecs: Ecs): Api {
  return {
    service: 'ecs',
    protocol: 'json-1.1',
    operations: {
      ...serviceOperations(ecs),
      ...serviceDeploymentOperations(ecs),
      ...taskDefinitionOperations(ecs),
      ...taskOperations(ecs),
    },
  };
}
