import { expect, test } from '@jest/globals';
import { openScene } from '../test-scene.ts';

const att = (...argument: string[]) => ({ 'Fn::GetAtt': argument });

test('queues are recorded with identifiers like those of AWS', async () => {
  const scene = openScene();
  const { status, outputs } = await scene.deploy({
    Resources: {
      Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'news-schedule' } },
      Policy: { Type: 'AWS::SQS::QueuePolicy', Properties: { Queues: [{ Ref: 'Queue' }] } },
    },
    Outputs: {
      Queue: { Value: { Ref: 'Queue' } },
      QueueArn: { Value: att('Queue', 'Arn') },
    },
  });
  expect([status, outputs]).toEqual([
    'SUCCEEDED',
    {
      Queue: 'https://sqs.ap-northeast-1.amazonaws.com/123456789012/news-schedule',
      QueueArn: 'arn:aws:sqs:ap-northeast-1:123456789012:news-schedule',
    },
  ]);
  await scene.close();
});
