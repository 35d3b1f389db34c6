import { expect, test } from '@jest/globals';
import { openScene } from '../test-scene.ts';

const att = (...argument: string[]) => ({ 'Fn::GetAtt': argument });

test('schedules and the queue behind them are recorded with identifiers like those of AWS', async () => {
  const scene = openScene();
  const { status, outputs } = await scene.deploy({
    Resources: {
      Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'news-schedule' } },
      Policy: { Type: 'AWS::SQS::QueuePolicy', Properties: { Queues: [{ Ref: 'Queue' }] } },
      Group: { Type: 'AWS::Scheduler::ScheduleGroup', Properties: { Name: 'news-schedule' } },
      Schedule: {
        Type: 'AWS::Scheduler::Schedule',
        Properties: { Name: 'cleanup', GroupName: { Ref: 'Group' }, ScheduleExpression: 'rate(1 day)' },
      },
    },
    Outputs: {
      Queue: { Value: { Ref: 'Queue' } },
      QueueArn: { Value: att('Queue', 'Arn') },
      Group: { Value: att('Group', 'Arn') },
      Schedule: { Value: att('Schedule', 'Arn') },
    },
  });
  expect([status, outputs]).toEqual([
    'SUCCEEDED',
    {
      Queue: 'https://sqs.ap-northeast-1.amazonaws.com/123456789012/news-schedule',
      QueueArn: 'arn:aws:sqs:ap-northeast-1:123456789012:news-schedule',
      Group: 'arn:aws:scheduler:ap-northeast-1:123456789012:schedule-group/news-schedule',
      Schedule: 'arn:aws:scheduler:ap-northeast-1:123456789012:schedule/news-schedule/cleanup',
    },
  ]);
  await scene.close();
});
