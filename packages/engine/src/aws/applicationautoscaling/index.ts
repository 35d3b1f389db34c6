import type { ResourceHandlers } from '../../core/resource.ts';
import type { AutoScalingPorts } from './ports.ts';
import { scalableTarget } from './scalable-target.ts';

export type { AutoScalingPorts } from './ports.ts';

/** Application Auto Scaling: the bounds of a service's number of tasks. See README.md. */
export function createApplicationAutoScaling(ports: AutoScalingPorts): { resources: ResourceHandlers } {
  return { resources: { 'AWS::ApplicationAutoScaling::ScalableTarget': scalableTarget(ports) } };
}
