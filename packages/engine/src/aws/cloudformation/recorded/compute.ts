import { arn } from '../../../core/arn.ts';
import { nameFrom, type RecordedTypes } from './record.ts';

/** Instances of one's own: tasks here run on the machine itself. */
export const compute: RecordedTypes = {
  'AWS::AutoScaling::AutoScalingGroup': {
    physicalId: nameFrom('AutoScalingGroupName'),
    attributes: ({ stack }, id) => ({
      AutoScalingGroupARN: arn('autoscaling', stack, `autoScalingGroup:local:autoScalingGroupName/${id}`),
    }),
    replacedBy: ['AutoScalingGroupName'],
    notCarriedOut: 'instances: tasks run on this machine',
  },
};
