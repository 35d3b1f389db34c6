import { describe, expect, test } from '@jest/globals';
import { approvalsIn } from './approvals.ts';
import { settle, stateOf } from './outcome.ts';
import { carrierOf, type Run } from './runs.ts';

const gate = {
  ...{ pipeline: 'slipway-news', stage: 'Approval', action: 'Approve', token: 't' },
  behind: [],
};
const run = (name: string, status: string, more: Partial<Run> = {}): Run => ({
  ...{ pipeline: `slipway-${name}`, id: name, status },
  ...more,
});
const waiting = run('news', 'InProgress', { gate: { ...gate, execution: 'news' } });

describe('the outcome of a push', () => {
  test.each([
    ['is live when everything has succeeded', [run('news', 'Succeeded')], 'LIVE'],
    [
      'is open while anything moves, even when something has failed',
      [run('news', 'Failed'), run('blog', 'InProgress')],
      undefined,
    ],
    ['is open while something stops', [run('news', 'Stopping')], undefined],
    [
      'waits when a person is all that is missing',
      [waiting, run('blog', 'Succeeded')],
      'WAITING FOR APPROVAL',
    ],
    ['is a failure first of all', [waiting, run('blog', 'Failed')], 'FAILED'],
    ['is overtaken, not failed, by a newer push', [run('news', 'Superseded')], 'SUPERSEDED'],
    ['is a failure when somebody stopped it', [run('news', 'Stopped')], 'FAILED'],
    ['is nothing when nothing is affected', [], 'UNAFFECTED'],
  ])('%s', (_title, runs, expected) => {
    expect(settle([run('platform', 'Succeeded'), ...runs], 'slipway-platform')).toBe(expected);
  });

  test('a run that waits behind an older approval waits too', () => {
    const stages = [
      {
        stageName: 'Approval',
        inboundExecutions: [{ pipelineExecutionId: 'newer', status: 'InProgress' as const }],
        latestExecution: { pipelineExecutionId: 'older', status: 'InProgress' as const },
        actionStates: [
          { actionName: 'Approve', latestExecution: { status: 'InProgress' as const, token: 't' } },
        ],
      },
      { stageName: 'Production' },
    ];
    const [approval] = approvalsIn('slipway-news', stages);
    expect(approval).toMatchObject({ execution: 'older', behind: ['newer'], opens: 'Production' });
    expect(stateOf(run('news', 'InProgress', { gate: approval! }))).toBe('WAITING FOR APPROVAL');
  });

  test('an action in progress without a token is no approval', () => {
    const actionStates = [{ actionName: 'Build', latestExecution: { status: 'InProgress' as const } }];
    expect(approvalsIn('slipway-news', [{ stageName: 'Build', actionStates }])).toEqual([]);
  });
});

describe('the execution that carries a commit', () => {
  const execution = (id: string, commit?: string, minute = 0) => ({
    pipelineExecutionId: id,
    status: 'InProgress' as const,
    startTime: new Date(minute * 60_000),
    ...(commit && { sourceRevisions: [{ actionName: 'Source', revisionId: commit }] }),
  });
  const lineage = ['aaa', 'bbb', 'ccc'];
  const contains = async (whole: string, part: string) => lineage.indexOf(whole) >= lineage.indexOf(part);

  test('is the newest one at it', async () => {
    const all = [execution('3', 'bbb'), execution('2', 'aaa'), execution('1', 'aaa')];
    expect((await carrierOf(all, { commit: 'aaa', contains }))?.pipelineExecutionId).toBe('2');
  });

  test('is the oldest one at a commit that contains it, when a later push was fetched instead', async () => {
    const all = [execution('3', 'ccc'), execution('2', 'bbb')];
    expect((await carrierOf(all, { commit: 'aaa', contains }))?.pipelineExecutionId).toBe('2');
  });

  test('is not known while one has not fetched its source', async () => {
    expect(
      await carrierOf([execution('2'), execution('1', 'aaa')], { commit: 'aaa', contains }),
    ).toBeUndefined();
  });

  test('is none of an earlier push of the same commit', async () => {
    const all = [execution('1', 'aaa', 1)];
    expect(await carrierOf(all, { commit: 'aaa', contains, since: 120_000 })).toBeUndefined();
  });
});
