import { expect, test } from '@jest/globals';
import { affectedServices, onceKnown, runningHere } from './plan.ts';

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

test('a run that has just started is asked again until it knows its commit, and not for ever', async () => {
  const revisions = [undefined, undefined, [{ actionName: 'Source', revisionId: 'a' }]];
  let asked = 0;
  const list = async () => {
    const sourceRevisions = revisions[asked++];
    return [{ status: 'InProgress' as const, ...(sourceRevisions && { sourceRevisions }) }];
  };
  const pause = async () => {};
  expect(runningHere(await onceKnown(list, pause), 'a')).toBeDefined();
  expect(asked).toBe(3);
  expect(runningHere(await onceKnown(list, pause), 'a')).toBeUndefined();
  expect(asked).toBe(483);
  expect(await onceKnown(async () => [], pause)).toEqual([]);
});
