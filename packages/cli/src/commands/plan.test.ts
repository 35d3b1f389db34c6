import { expect, test } from '@jest/globals';
import { affectedServices, runningHere } from './plan.ts';

test.each([
  ['nothing is released yet', [[], []], ['news']],
  ['only the seed runs in production', [[{ service: 'news', inputs: 'a' }], [{ service: 'news' }]], ['news']],
  [
    'staging is ahead of production',
    [[{ service: 'news', inputs: 'a' }], [{ service: 'news', inputs: 'z' }]],
    ['news'],
  ],
  [
    'the same is live everywhere',
    [[{ service: 'news', inputs: 'a' }], [{ service: 'news', inputs: 'a' }]],
    [],
  ],
])('a service is judged against what is live: %s', (_case, live, affected) => {
  expect(affectedServices({ news: 'a' }, live)).toEqual(affected);
});

test('a pipeline is left alone only when its newest run is at the commit, not when something came after it', () => {
  const execution = (revisionId: string, status: 'Succeeded' | 'Failed' = 'Succeeded') => ({
    status,
    sourceRevisions: [{ actionName: 'Source', revisionId }],
  });
  expect(runningHere([execution('a'), execution('b')], 'a')).toBeDefined();
  expect(runningHere([execution('b'), execution('a')], 'a')).toBeUndefined();
  expect(runningHere([execution('a', 'Failed')], 'a')).toBeUndefined();
  expect(runningHere([], 'a')).toBeUndefined();
});
