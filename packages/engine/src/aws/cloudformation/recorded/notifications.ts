import { arn } from '../../../core/arn.ts';
import { nameFrom, type RecordedTypes, string } from './record.ts';

/** Who is told: nobody is sent anything from here; the engine's events say the same. */
export const notifications: RecordedTypes = {
  'AWS::SNS::Topic': {
    physicalId: (request, unique) => arn('sns', request.stack, nameFrom('TopicName')(request, unique)),
    attributes: (_request, id) => ({ TopicArn: id, TopicName: id.slice(id.lastIndexOf(':') + 1) }),
    replacedBy: ['TopicName', 'FifoTopic'],
  },
  'AWS::SNS::Subscription': {
    physicalId: ({ properties }, unique) =>
      `${string(properties, 'TopicArn') ?? ''}:${unique.slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')}`,
    attributes: (_request, id) => ({ Arn: id }),
    replacedBy: ['TopicArn', 'Protocol', 'Endpoint'],
    notCarriedOut: 'messages of SNS topics are not sent',
  },
  'AWS::SNS::TopicPolicy': {
    physicalId: ({ stack, logicalId }, unique) => `${stack.name}-${logicalId}-${unique.slice(0, 12)}`,
  },
  'AWS::CodeStarNotifications::NotificationRule': {
    physicalId: ({ stack }, unique) => arn('codestar-notifications', stack, `notificationrule/${unique}`),
    attributes: (_request, id) => ({ Arn: id }),
    replacedBy: ['Resource'],
    notCarriedOut: 'messages of SNS topics are not sent',
  },
};
