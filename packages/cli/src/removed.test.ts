import { expect, test } from '@jest/globals';
import { removedAmong } from './removed.ts';

const known = { product: 'slipway', environments: ['staging', 'production'], services: ['blog'] };

test('a service without a directory is found by its pipeline, and by an environment it still runs in', () => {
  const stacks = ['slipway-blog-pipeline', 'slipway-news-pipeline', 'slipway-news-staging'];
  expect(removedAmong([...stacks, 'slipway-market-production'], known)).toEqual(['market', 'news']);
  expect(removedAmong(stacks, { ...known, services: ['blog', 'news'] })).toEqual([]);
});

test('what is kept of a service, the platform and the stacks of others are no removed services', () => {
  const stacks = [
    ...['slipway-news-data-staging', 'slipway-news-data-production', 'slipway-news-images'],
    ...['slipway-tooling', 'slipway-definition', 'slipway-platform-pipeline'],
    ...['slipway-network-staging', 'slipway-cluster-production'],
    ...[
      'other-news-staging',
      'slipway-pipeline',
      'slipway-staging',
      'slipway--staging',
      'slipway-News-staging',
    ],
  ];
  expect(removedAmong(stacks, known)).toEqual([]);
});
