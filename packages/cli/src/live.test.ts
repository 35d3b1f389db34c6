import { expect, test } from '@jest/globals';
import { rolloutIn } from './live.ts';

const deployment = (status: string, taskDefinition: string, more: object = {}) => ({
  ...{ status, taskDefinition, runningCount: 2, ...more },
});

test('what ECS replaces counts as live until the new version is rolled out', () => {
  const moving = deployment('PRIMARY', 'news:2', { rolloutState: 'IN_PROGRESS', runningCount: 0 });
  expect(rolloutIn({ deployments: [moving, deployment('ACTIVE', 'news:1')] })).toEqual({
    ...{ brings: 'news:2', replaces: 'news:1' },
  });
  const done = { ...moving, rolloutState: 'COMPLETED' as const };
  expect(rolloutIn({ deployments: [done, deployment('ACTIVE', 'news:1')] })).toBeUndefined();
  expect(rolloutIn({ deployments: [moving] })).toBeUndefined();
  expect(rolloutIn({})).toBeUndefined();
});
