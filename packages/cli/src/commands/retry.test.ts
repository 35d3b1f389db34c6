import { expect, test } from '@jest/globals';
import { failedStage } from './retry.ts';

const execution = (status: 'Failed' | 'Succeeded' | 'InProgress') => ({ pipelineExecutionId: 'new', status });
const stage = (stageName: string, pipelineExecutionId: string, status: 'Failed' | 'Succeeded') => ({
  stageName,
  latestExecution: { pipelineExecutionId, status },
});

test('the stage that is tried again is that of the newest run, not one in which an older run failed', () => {
  const stages = [
    stage('Build', 'new', 'Succeeded'),
    stage('Staging', 'new', 'Failed'),
    stage('Production', 'old', 'Failed'),
  ];
  expect(failedStage('news', execution('Failed'), stages)).toBe('Staging');
});

test('nothing is tried again when the newest run did not fail', () => {
  const stages = [stage('Build', 'old', 'Failed')];
  expect(() => failedStage('news', execution('Succeeded'), stages)).toThrow(
    'Nothing of news failed: its newest run is Succeeded.',
  );
  expect(() => failedStage('news', undefined, [])).toThrow('it never ran');
});
