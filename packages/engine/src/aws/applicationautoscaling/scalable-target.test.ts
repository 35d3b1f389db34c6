import { expect, test } from '@jest/globals';
import type { Properties } from '../../core/resource.ts';
import { createApplicationAutoScaling } from './index.ts';

const TYPE = 'AWS::ApplicationAutoScaling::ScalableTarget';
const stack = { name: 'news', id: 'arn:stack', region: 'ap-northeast-1', account: '1', tags: {} };

/** A service with a number of tasks, and the scalable target over it. */
function open(desired: number) {
  const counts = new Map([['slipway-staging/news', desired]]);
  const handler = createApplicationAutoScaling({
    desiredCount: (cluster, service) => counts.get(`${cluster}/${service}`),
    setDesiredCount: (cluster, service, count) => void counts.set(`${cluster}/${service}`, count),
  }).resources[TYPE]!;
  const request = (over: Properties) => ({
    ...{ stack, logicalId: 'Scaling', type: TYPE, token: 'token' },
    properties: {
      ...{ ResourceId: 'service/slipway-staging/news', ServiceNamespace: 'ecs' },
      ...{ ScalableDimension: 'ecs:service:DesiredCount', MinCapacity: 2, MaxCapacity: 6, ...over },
    },
  });
  return { handler, request, desired: () => counts.get('slipway-staging/news') };
}

test.each([
  [1, 2],
  [4, 4],
  [9, 6],
])('a service of %i tasks has %i within the bounds of 2 and 6', async (before, after) => {
  const { handler, request, desired } = open(before);
  const made = await handler.create(request({}));
  expect(desired()).toBe(after);
  expect(made.physicalId).toBe('service/slipway-staging/news|ecs:service:DesiredCount|ecs');
});

test('other bounds change the number when they have to', async () => {
  const { handler, request, desired } = open(2);
  const update = { ...request({ MinCapacity: 3 }), physicalId: 'id', previous: request({}).properties };
  await handler.update(update);
  expect(desired()).toBe(3);
});

test.each([
  [
    { ResourceId: 'service/slipway-staging/blog' },
    /ECS service doesn't exist: service\/slipway-staging\/blog/,
  ],
  [
    { ResourceId: 'table/orders', ServiceNamespace: 'dynamodb' },
    /Scaling of table\/orders is not carried out locally/,
  ],
  [{ MinCapacity: 3, MaxCapacity: 2 }, /the least not above the most/],
])('%j is refused with a sentence', async (over, message) => {
  const { handler, request } = open(1);
  await expect(handler.create(request(over))).rejects.toThrow(message);
});
