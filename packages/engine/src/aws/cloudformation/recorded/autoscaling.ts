import { arn } from '../../../core/arn.ts';
import { type RecordedTypes, string } from './record.ts';

/** How a service's number of tasks would follow its load; the bounds are Application Auto Scaling's, which says what is missed. */
export const autoscaling: RecordedTypes = {
  'AWS::ApplicationAutoScaling::ScalingPolicy': {
    physicalId: ({ properties, stack, logicalId }, unique) =>
      arn(
        'autoscaling',
        stack,
        `scalingPolicy:${unique.slice(0, 32)}:policyName/${string(properties, 'PolicyName') ?? logicalId}`,
      ),
    attributes: (_request, id) => ({ Arn: id }),
    replacedBy: ['PolicyName', 'ResourceId', 'ScalableDimension', 'ServiceNamespace', 'ScalingTargetId'],
  },
};
