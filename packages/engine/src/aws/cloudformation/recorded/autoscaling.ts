import { arn } from '../../../core/arn.ts';
import { type RecordedTypes, string } from './record.ts';

/** Service auto scaling: the desired count stays what it is. */
export const autoscaling: RecordedTypes = {
  'AWS::ApplicationAutoScaling::ScalableTarget': {
    physicalId: ({ properties }) =>
      ['ResourceId', 'ScalableDimension', 'ServiceNamespace']
        .map(name => string(properties, name) ?? '')
        .join('|'),
    attributes: (_request, id) => ({ Id: id }),
    notCarriedOut: 'auto scaling: the number of tasks stays what it is',
    replacedBy: ['ResourceId', 'ScalableDimension', 'ServiceNamespace'],
  },
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
