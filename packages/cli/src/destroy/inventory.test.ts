import { expect, test } from '@jest/globals';
import { kindOf } from './inventory.ts';

const places = ['staging', 'production', 'production-osaka'];

test.each([
  ['slipway-platform-pipeline', { kind: 'platform-pipeline' }],
  ['slipway-tooling', { kind: 'tooling' }],
  ['slipway-tooling-222222222222-ap-northeast-3', { kind: 'tooling' }],
  ['slipway-network-production-osaka', { kind: 'network', place: 'production-osaka' }],
  ['slipway-news-pipeline', { kind: 'pipeline', service: 'news' }],
  ['slipway-news-images-ap-northeast-3', { kind: 'images', service: 'news' }],
  ['slipway-news-roles-222222222222', { kind: 'roles', service: 'news' }],
  ['slipway-news-production-osaka', { kind: 'service', service: 'news', place: 'production-osaka' }],
  ['slipway-news-data-production', { kind: 'data', service: 'news', place: 'production' }],
  ['slipway-osaka-production', { kind: 'service', service: 'osaka', place: 'production' }],
  ['slipway-definition', { kind: 'definition' }],
  ['slipway-repository', { kind: 'repository' }],
  ['slipway-repository-staging', { kind: 'service', service: 'repository', place: 'staging' }],
  ['slipway-elsewhere', { kind: 'unknown' }],
  ['slipway-data-production', { kind: 'unknown' }],
])('%s is known by its name', (name, kind) => {
  expect(kindOf(name, { product: 'slipway', places })).toEqual(kind);
});
