import { arn } from '../../../core/arn.ts';
import { nameFrom, type RecordedTypes } from './record.ts';

/** Queues: whoever would write to one here has its own words for what went wrong. */
export const queues: RecordedTypes = {
  'AWS::SQS::Queue': {
    physicalId: ({ stack, ...request }, unique) =>
      `https://sqs.${stack.region}.amazonaws.com/${stack.account}/${nameFrom('QueueName')({ stack, ...request }, unique)}`,
    attributes: ({ stack }, id) => {
      const name = id.slice(id.lastIndexOf('/') + 1);
      return { Arn: arn('sqs', stack, name), QueueName: name, QueueUrl: id };
    },
    replacedBy: ['QueueName', 'FifoQueue'],
  },
  'AWS::SQS::QueuePolicy': {
    physicalId: ({ stack, logicalId }, unique) => `${stack.name}-${logicalId}-${unique.slice(0, 12)}`,
  },
};
