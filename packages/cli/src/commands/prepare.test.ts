import { expect, test } from '@jest/globals';
import { reasonToRelease } from './prepare.ts';

const wanted = { digest: 'sha256:1', definition: 'd1', overtaken: false };
const live = { commit: 'a', digest: 'sha256:1', definition: 'd1' };

test('an environment that runs the image by the definition already is left alone', () => {
  expect(reasonToRelease(live, wanted)).toBeUndefined();
});

test.each([
  ['nothing is there', undefined, wanted],
  ['only the seed runs', { digest: 'sha256:1', definition: 'd1' }, wanted],
  ['another image runs', { ...live, digest: 'sha256:0' }, wanted],
  ['another definition made it', { ...live, definition: 'd0' }, wanted],
  ['an older execution may yet change what runs', live, { ...wanted, overtaken: true }],
])('an environment is released to when %s', (_case, now, then) => {
  expect(reasonToRelease(now, then)).toBeDefined();
});
