import { expect, test } from '@jest/globals';
import { eventsBetween, type PipelineSight } from './polled-events.ts';
import { createNotes } from './watch.ts';

const seen = (event: object) => ({
  ...{ seq: 1, time: '2030-01-01T00:00:00Z', source: 'aws.codepipeline', 'detail-type': '', resources: [] },
  detail: { pipeline: 'slipway-news', ...event },
});

test('what an execution did before its commit was known is told once it is, in order, and once', () => {
  const notes = createNotes();
  notes.take(seen({ 'execution-id': 'mine', state: 'STARTED' }));
  notes.take(seen({ 'execution-id': 'other', state: 'STARTED' }));
  notes.take(seen({ 'execution-id': 'mine', stage: 'Source', state: 'STARTED' }));
  notes.take(seen({ 'execution-id': 'mine', stage: 'Source', state: 'SUCCEEDED' }));
  expect(notes.of(undefined)).toEqual([]);
  const runs = [{ pipeline: 'slipway-news', id: 'mine', status: 'InProgress' }];
  expect(notes.of(runs).map(note => note.text)).toEqual(['started', 'Source']);
  expect(notes.of(runs)).toEqual([]);
});

const sight = (
  status: 'InProgress' | 'Succeeded' | 'Failed',
  stages: PipelineSight['stages'],
): PipelineSight => ({
  pipeline: 'slipway-news',
  executions: [{ pipelineExecutionId: 'e1', status }],
  stages,
});
const stage = (status: 'InProgress' | 'Succeeded' | 'Failed', message?: string) => ({
  stageName: 'Build',
  latestExecution: { pipelineExecutionId: 'e1', status },
  actionStates: [
    { actionName: 'Build', latestExecution: { status, ...(message && { errorDetails: { message } }) } },
  ],
});
const told = (before: PipelineSight | undefined, after: PipelineSight) =>
  eventsBetween(before, after, new Date()).map(({ detail }) => [detail.stage, detail.action, detail.state]);

test('two looks at a pipeline tell what happened between them as its events would', () => {
  expect(told(undefined, sight('InProgress', [stage('InProgress')]))).toEqual([
    [undefined, undefined, 'STARTED'],
    ['Build', undefined, 'STARTED'],
    ['Build', 'Build', 'STARTED'],
  ]);
  expect(told(sight('InProgress', [stage('InProgress')]), sight('Failed', [stage('Failed', 'no')]))).toEqual([
    ['Build', 'Build', 'FAILED'],
    ['Build', undefined, 'FAILED'],
    [undefined, undefined, 'FAILED'],
  ]);
});

test('two looks at a pipeline in which nothing happened tell nothing', () => {
  const same = sight('Succeeded', [stage('Succeeded')]);
  expect(told(same, same)).toEqual([]);
  expect(told(undefined, same)).toEqual([]);
});

test('they tell it at the times that CodePipeline remembers, however seldom somebody looks', () => {
  const at = (second: number) => new Date(Date.UTC(2030, 0, 1, 0, 0, second));
  const done = (stageName: string, ...changes: Date[]) => ({
    stageName,
    latestExecution: { pipelineExecutionId: 'e1', status: 'Succeeded' as const },
    actionStates: changes.map((lastStatusChange, index) => ({
      actionName: `${stageName}${index}`,
      latestExecution: { status: 'Succeeded' as const, lastStatusChange },
    })),
  });
  const before = { pipeline: 'slipway-news', executions: [], stages: [] };
  const skippedSinceYesterday = done('Check', new Date(0));
  const after: PipelineSight = {
    pipeline: 'slipway-news',
    executions: [{ pipelineExecutionId: 'e1', status: 'InProgress', startTime: at(1) }],
    stages: [done('Source', at(3)), done('Build', at(20), at(14)), skippedSinceYesterday],
  };
  const events = eventsBetween(before, after, at(59));
  const stages = events.filter(({ detail }) => detail.stage && !detail.action);
  expect(events[0]!.time).toBe(at(1).toISOString());
  expect(stages.map(({ detail, time }) => [detail.stage, detail.state, new Date(time)])).toEqual([
    ...[
      ['Source', 'STARTED', at(1)],
      ['Source', 'SUCCEEDED', at(3)],
    ],
    ...[
      ['Build', 'STARTED', at(3)],
      ['Build', 'SUCCEEDED', at(20)],
    ],
    ...[
      ['Check', 'STARTED', at(20)],
      ['Check', 'SUCCEEDED', at(20)],
    ],
  ]);
});
