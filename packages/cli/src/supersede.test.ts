import { expect, test } from '@jest/globals';
import { olderGates } from './supersede.ts';

const execution = (pipelineExecutionId: string, revisionId: string) => ({
  pipelineExecutionId,
  sourceRevisions: [{ actionName: 'Source', revisionId }],
});
const gate = (name: string) => ({
  ...{ pipeline: 'slipway-news', stage: 'Approval', action: 'Approve', token: 't', behind: [] },
  execution: name,
});

test('only approvals of older runs are superseded: not a newer one, not its own', () => {
  const newestFirst = [execution('3', 'ccc'), execution('2', 'bbb'), execution('1', 'aaa')];
  const held = (name: string, commit: string) => olderGates(newestFirst, [gate(name)], commit).length;
  expect(held('1', 'bbb')).toBe(1);
  expect(held('2', 'bbb')).toBe(0);
  expect(held('3', 'bbb')).toBe(0);
  expect(held('1', 'unknown')).toBe(0);
});
