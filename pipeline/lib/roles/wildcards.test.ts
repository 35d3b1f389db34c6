import { expect, test } from '@jest/globals';
import { reasonFor } from './wildcards.ts';

const permission = (resource: string, because?: string) => ({
  actions: ['s3:GetObject'],
  resources: [resource],
  ...(because !== undefined && { because }),
});

test.each(['*', 'arn:aws:s3:::*', 'arn:aws:s3:::bucket-*', 'arn:aws:ecs:r:1:service/*', 's3:*'])(
  'the wildcard of %s needs a reason',
  item => {
    expect(() => reasonFor(permission(item), item)).toThrow('has a wildcard and no reason');
    expect(reasonFor(permission(item, 'it must be so'), item)).toBe('it must be so');
  },
);

test('a wildcard below one named thing explains itself', () => {
  const item = 'arn:aws:s3:::bucket/cache/build/*';
  expect(reasonFor(permission(item), item)).toBe('the objects of exactly this bucket, below this prefix');
});

test('what has no wildcard needs no reason', () => {
  expect(reasonFor(permission('arn:aws:s3:::bucket'), 'arn:aws:s3:::bucket')).toBeUndefined();
});
