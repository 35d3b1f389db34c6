import type { ResourceHandler, ResourceHandlers, ResourceRequest } from '../../core/resource.ts';
import { type ClusterOptions, deleteCluster, putCluster } from './cluster.ts';
import type { Ecs } from './ecs.ts';
import { generatedName } from './generated-name.ts';
import { apiMembers } from './properties.ts';
import { serviceResource } from './service-resource.ts';
import { deregisterTaskDefinition, findTaskDefinition, registerTaskDefinition } from './task-definition.ts';

/** The resource types of ECS that are carried out. */
export function createEcsResources(ecs: Ecs): ResourceHandlers {
  return {
    'AWS::ECS::Cluster': clusterResource(ecs),
    'AWS::ECS::TaskDefinition': taskDefinitionResource(ecs),
    'AWS::ECS::Service': serviceResource(ecs),
    'AWS::ECS::CapacityProvider': capacityProvider(ecs),
    'AWS::ECS::ClusterCapacityProviderAssociations': associations(ecs),
  };
}

function clusterResource(ecs: Ecs): ResourceHandler {
  const put = async (request: ResourceRequest) => {
    const { clusterName, clusterSettings, ...rest } = apiMembers(request.properties) as Record<
      string,
      unknown
    >;
    const name = typeof clusterName === 'string' ? clusterName : generatedName(ecs, request);
    const options = { ...rest, ...(clusterSettings ? { settings: clusterSettings } : {}) } as ClusterOptions;
    const cluster = putCluster(ecs, name, options);
    return { physicalId: name, attributes: { Arn: cluster.arn } };
  };
  return {
    create: put,
    update: put,
    delete: async ({ physicalId }) => deleteCluster(ecs, physicalId),
    notCarriedOut: ({ DefaultCapacityProviderStrategy: strategy }) =>
      JSON.stringify(strategy ?? []).includes('"FARGATE_SPOT"')
        ? ['Fargate Spot: tasks run on this machine, and nobody takes their place away']
        : [],
  };
}

/** Every change is a new revision; deleting deregisters. A revision's ARN is its `Ref`. */
function taskDefinitionResource(ecs: Ecs): ResourceHandler {
  const register = async (request: ResourceRequest) => {
    const definition = apiMembers(request.properties) as { family?: string };
    const family = definition.family ?? generatedName(ecs, request);
    const revision = registerTaskDefinition(ecs, { ...definition, family }, request.token);
    return { physicalId: revision, attributes: { TaskDefinitionArn: revision } };
  };
  return {
    create: register,
    update: register,
    delete: async ({ physicalId }) => {
      if (findTaskDefinition(ecs, physicalId)) deregisterTaskDefinition(ecs, physicalId);
    },
  };
}

function capacityProvider(ecs: Ecs): ResourceHandler {
  const put = async (request: ResourceRequest) => ({
    physicalId: String(request.properties.Name ?? generatedName(ecs, request)),
    attributes: {},
  });
  return { create: put, update: put, delete: async () => {} };
}

function associations(ecs: Ecs): ResourceHandler {
  const put = async (request: ResourceRequest) => {
    const { cluster, ...options } = apiMembers(request.properties) as ClusterOptions & { cluster: string };
    return { physicalId: putCluster(ecs, cluster.split('/').at(-1)!, options).name, attributes: {} };
  };
  return { create: put, update: put, delete: async () => {} };
}
