import { expect, test } from '@jest/globals';
import { fillIn, reasonToRelease } from './prepare.ts';

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

test('the file of a further region states the image by its digest, the others leave it to CodePipeline', () => {
  const values = { commit: 'c1', inputs: 'i1', digest: 'sha256:1' };
  const stated = '111111111111.dkr.ecr.ap-northeast-3.amazonaws.com/slipway/news@<SLIPWAY_DIGEST>';
  expect(fillIn(stated, values)).toBe(
    '111111111111.dkr.ecr.ap-northeast-3.amazonaws.com/slipway/news@sha256:1',
  );
  expect(fillIn('<IMAGE1_NAME> <SLIPWAY_COMMIT> <SLIPWAY_INPUTS>', values)).toBe('<IMAGE1_NAME> c1 i1');
});
