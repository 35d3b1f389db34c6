import { expect, test } from '@jest/globals';
import { commitOf, onceKnown } from './executions.ts';

test('a run that has just started is asked again until it knows its commit, and not for ever', async () => {
  const revisions = [undefined, undefined, [{ actionName: 'Source', revisionId: 'a' }]];
  let asked = 0;
  const list = async () => {
    const sourceRevisions = revisions[asked++];
    return [{ status: 'InProgress' as const, ...(sourceRevisions && { sourceRevisions }) }];
  };
  const pause = async () => {};
  expect((await onceKnown(list, pause)).map(commitOf)).toEqual(['a']);
  expect(asked).toBe(3);
  expect((await onceKnown(list, pause)).map(commitOf)).toEqual([undefined]);
  expect(asked).toBe(483);
  expect(await onceKnown(async () => [], pause)).toEqual([]);
});
