import type { Properties, ResourceHandler, ResourceRequest, ResourceResult } from '../../core/resource.ts';
import type { AutoScalingPorts } from './ports.ts';

const IDENTITY = ['ResourceId', 'ScalableDimension', 'ServiceNamespace'];

/**
 * The bounds of a service's number of tasks: a number outside of them is brought to the nearer one.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-applicationautoscaling-scalabletarget.html
 */
export function scalableTarget(ports: AutoScalingPorts): ResourceHandler {
  const apply = ({ properties }: ResourceRequest): ResourceResult => {
    const { least, most } = boundsOf(properties);
    const [cluster, service] = serviceOf(properties);
    const desired = ports.desiredCount(cluster, service);
    if (desired === undefined)
      throw new Error(`ECS service doesn't exist: ${String(properties.ResourceId).slice(0, 200)}`);
    const wanted = Math.min(most, Math.max(least, desired));
    if (wanted !== desired) ports.setDesiredCount(cluster, service, wanted);
    const id = IDENTITY.map(name => String(properties[name])).join('|');
    return { physicalId: id, attributes: { Id: id } };
  };
  return {
    create: async request => apply(request),
    update: async request => apply(request),
    delete: async () => {},
    notCarriedOut: () => ['auto scaling: the number of tasks stays at its least'],
  };
}

function boundsOf({ MinCapacity, MaxCapacity }: Properties): { least: number; most: number } {
  const [least, most] = [Number(MinCapacity), Number(MaxCapacity)];
  if (Number.isInteger(least) && Number.isInteger(most) && least >= 0 && least <= most)
    return { least, most };
  throw new Error('MinCapacity and MaxCapacity are whole numbers, the least not above the most');
}

/** Cluster and service of `service/<cluster>/<service>`. */
function serviceOf({
  ResourceId: id,
  ServiceNamespace: namespace,
  ScalableDimension: dimension,
}: Properties) {
  const [, cluster, service] = /^service\/([\w-]+)\/([\w-]+)$/.exec(String(id)) ?? [];
  if (namespace !== 'ecs' || dimension !== 'ecs:service:DesiredCount' || !cluster || !service)
    throw new Error(`Scaling of ${String(id).slice(0, 200)} is not carried out locally`);
  return [cluster, service] as const;
}
