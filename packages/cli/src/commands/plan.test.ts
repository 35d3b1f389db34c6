import { expect, test } from '@jest/globals';
import { affectedServices } from './plan.ts';

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
