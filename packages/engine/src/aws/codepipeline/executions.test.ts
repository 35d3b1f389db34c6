import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  action,
  approval,
  build,
  buildStage,
  pipelineProperties,
  shortPipeline,
  sourceStage,
  stack,
} from './test-structures.ts';
import { createWorld, type World } from './test-world.ts';

const MINUTE = 60_000;
let world: World;
beforeEach(() => {
  world = createWorld();
  world.start();
});
afterEach(async () => {
  expect(world.errors).toEqual([]);
  await world.close();
});

const at = (stage: string) => () => world.stages()[stage] === 'InProgress';
const name = { pipelineName: 'slipway-news' };
const closed = { ...name, stageName: 'Approval', transitionType: 'Inbound' };
const stateOf = (stage: string) =>
  world
    .call('GetPipelineState', { name: 'slipway-news' })
    .stageStates.find((each: { stageName: string }) => each.stageName === stage);

describe('newer executions', () => {
  test('overtake one that waits between stages, never one that is in a stage', async () => {
    await world.create(shortPipeline());
    await world.run(MINUTE, at('Approval'));
    const second = world.startExecution();
    await world.run(MINUTE, () => stateOf('Approval').inboundExecution !== undefined);
    expect(stateOf('Approval').inboundExecution).toMatchObject({ pipelineExecutionId: second });
    const third = world.startExecution();
    await world.run(MINUTE, () => stateOf('Approval').inboundExecution.pipelineExecutionId === third);
    expect(world.statuses()).toEqual(['InProgress', 'Superseded', 'InProgress']);
    world.approve();
    await world.run(MINUTE, () => stateOf('Approval').latestExecution.pipelineExecutionId === third);
    expect(world.statuses()).toEqual(['Succeeded', 'Superseded', 'InProgress']);
  });

  test('queue up in QUEUED mode, in their order', async () => {
    await world.create(shortPipeline({ ExecutionMode: 'QUEUED' }));
    await world.run(MINUTE, at('Approval'));
    const second = world.startExecution();
    const third = world.startExecution();
    await world.run(10_000);
    const waiting = stateOf('Approval').inboundExecutions;
    expect(waiting.map((each: { pipelineExecutionId: string }) => each.pipelineExecutionId)).toEqual([
      second,
      third,
    ]);
    world.approve();
    await world.run(1000);
    expect(stateOf('Approval').latestExecution.pipelineExecutionId).toBe(second);
    expect(world.statuses()).toEqual(['Succeeded', 'InProgress', 'InProgress']);
  });

  test('run side by side in PARALLEL mode', async () => {
    await world.create(shortPipeline({ ExecutionMode: 'PARALLEL' }));
    world.startExecution();
    await world.run(10_000);
    const { actionExecutionDetails } = world.call('ListActionExecutions', name);
    expect(
      actionExecutionDetails.filter((each: { actionName: string }) => each.actionName === 'Approve'),
    ).toHaveLength(2);
  });

  test('wait before a closed transition and are superseded there', async () => {
    await world.create(shortPipeline());
    world.call('DisableStageTransition', { ...closed, reason: 'freeze' });
    await world.run(10_000);
    expect(stateOf('Approval')).toMatchObject({
      inboundTransitionState: { enabled: false, disabledReason: 'freeze' },
    });
    world.startExecution();
    await world.run(10_000);
    expect(world.statuses()).toEqual(['Superseded', 'InProgress']);
    expect(world.stages().Approval).toBe('-');
    world.call('EnableStageTransition', closed);
    await world.run(1000);
    expect(world.stages().Approval).toBe('InProgress');
  });

  test('enter a stage after one that failed in it', async () => {
    world.fakes.failing.add('slipway-news-build');
    await world.create(shortPipeline());
    await world.run(MINUTE, () => world.stages().Build === 'Failed');
    world.fakes.failing.clear();
    world.startExecution();
    await world.run(MINUTE, at('Approval'));
    expect(world.statuses()).toEqual(['Failed', 'InProgress']);
  });
});

describe('an execution', () => {
  test('takes the commit that it is told, once per token', async () => {
    await world.create(shortPipeline());
    const first = world.fakes.commits[0]!;
    world.newCommit();
    const revision = { actionName: 'Source', revisionType: 'COMMIT_ID', revisionValue: first };
    const input = { sourceRevisions: [revision], clientRequestToken: 'release-a' };
    const id = world.startExecution(input);
    expect(world.startExecution(input)).toBe(id);
    await world.run(10_000);
    const { pipelineExecution } = world.call('GetPipelineExecution', { ...name, pipelineExecutionId: id });
    expect(pipelineExecution.artifactRevisions).toMatchObject([{ name: 'Source', revisionId: first }]);
    expect(() => world.startExecution({ sourceRevisions: [{ ...revision, actionName: 'Other' }] })).toThrow(
      "has no source action 'Other'",
    );
    expect(() =>
      world.startExecution({ sourceRevisions: [{ ...revision, revisionValue: '--upload-pack=x' }] }),
    ).toThrow('a full commit id');
  });

  test('starts in process for whoever has a token', async () => {
    await world.create(shortPipeline());
    const start = () =>
      world.pipelines.startPipelineExecution({
        pipeline: 'arn:aws:codepipeline:ap-northeast-1:123456789012:slipway-news',
        token: 'event-7',
        trigger: { triggerType: 'CloudWatchEvent', triggerDetail: 'arn:aws:events:::rule/Push' },
      });
    expect(start()).toBe(start());
    expect(world.call('ListPipelineExecutions', name).pipelineExecutionSummaries[0].trigger).toEqual({
      triggerType: 'CloudWatchEvent',
      triggerDetail: 'arn:aws:events:::rule/Push',
    });
  });

  test('resolves pipeline variables', async () => {
    const Actions = [{ ...approval.Actions[0]!, Configuration: { CustomData: '#{variables.Reason}' } }];
    const Variables = [{ Name: 'Reason', DefaultValue: 'none' }];
    await world.create(
      pipelineProperties([sourceStage, { ...approval, Actions }], { Variables, ExecutionMode: 'PARALLEL' }),
    );
    world.startExecution({ variables: [{ name: 'Reason', value: 'hotfix' }] });
    await world.run(5000);
    const data = world
      .call('ListActionExecutions', name)
      .actionExecutionDetails.map(
        (each: { input: { resolvedConfiguration: Record<string, string> } }) =>
          each.input.resolvedConfiguration.CustomData,
      );
    expect(data).toEqual(expect.arrayContaining(['hotfix', 'none']));
    expect(() => world.startExecution({ variables: [{ name: 'Other', value: 'x' }] })).toThrow(
      "declares no variable 'Other'",
    );
  });

  test('waits for its actions in progress when it is stopped', async () => {
    await world.create(shortPipeline());
    await world.run(MINUTE, at('Build'));
    const pipelineExecutionId = world.executions()[0]!.pipelineExecutionId;
    world.call('StopPipelineExecution', { ...name, pipelineExecutionId, reason: 'lunch' });
    await world.run(250);
    expect(world.statuses()).toEqual(['Stopping']);
    await world.run(5000);
    expect(world.statuses()).toEqual(['Stopped']);
    expect(world.stages()).toEqual({ Source: 'Succeeded', Build: 'Stopped', Approval: '-' });
    expect(world.action('Build', 'Build').status).toBe('Succeeded');
    expect(() => world.call('StopPipelineExecution', { ...name, pipelineExecutionId })).toThrow(
      'not in progress',
    );
  });

  test('abandons them, and the build is stopped, when it is told to', async () => {
    await world.create(shortPipeline());
    await world.run(MINUTE, () => world.fakes.builds.size === 1);
    const pipelineExecutionId = world.executions()[0]!.pipelineExecutionId;
    world.call('StopPipelineExecution', { ...name, pipelineExecutionId, abandon: true });
    await world.run(250);
    expect(world.statuses()).toEqual(['Stopped']);
    expect(world.action('Build', 'Build').status).toBe('Abandoned');
    expect(world.fakes.effects).toContain('stop slipway-news-build:1');
  });
});

describe('a retry', () => {
  const two = pipelineProperties([
    sourceStage,
    {
      Name: 'Build',
      Actions: [
        build,
        action('Lint', 'Test/CodeBuild', { ProjectName: 'lint' }, { InputArtifacts: [{ Name: 'Source' }] }),
      ],
    },
  ]);
  const retry = (retryMode: string, stageName = 'Build') =>
    world.call('RetryStageExecution', {
      ...name,
      stageName,
      pipelineExecutionId: world.executions()[0]!.pipelineExecutionId,
      retryMode,
    });

  test.each([
    ['FAILED_ACTIONS', ['build lint']],
    ['ALL_ACTIONS', ['build slipway-news-build', 'build lint']],
  ])('of %s runs them again in the same execution', async (mode, expected) => {
    world.fakes.failing.add('lint');
    await world.create(two);
    await world.run(MINUTE, () => world.statuses()[0] === 'Failed');
    expect(world.action('Build', 'Build').status).toBe('Succeeded');
    world.fakes.failing.clear();
    world.fakes.effects.splice(0);
    retry(mode);
    await world.run(MINUTE, () => world.statuses()[0] === 'Succeeded');
    expect(world.fakes.effects).toEqual(expected);
    expect(world.statuses()).toEqual(['Succeeded']);
    expect(stateOf('Build').retryStageMetadata).toEqual({
      manualStageRetryAttempt: 1,
      latestRetryTrigger: 'ManualStageRetry',
    });
    const states = world.store.events.after(0).map(({ detail }) => detail.state);
    expect(states).toContain('RESUMED');
  });

  test('is refused for a stage that did not fail, or that a newer execution has entered', async () => {
    world.fakes.failing.add('lint');
    await world.create(two);
    await world.run(MINUTE, () => world.statuses()[0] === 'Failed');
    expect(() => retry('ALL_ACTIONS', 'Source')).toThrow(
      expect.objectContaining({ code: 'StageNotRetryableException' }) as never,
    );
    const pipelineExecutionId = world.executions()[0]!.pipelineExecutionId;
    world.startExecution();
    await world.run(MINUTE, at('Build'));
    expect(() =>
      world.call('RetryStageExecution', {
        ...name,
        stageName: 'Build',
        pipelineExecutionId,
        retryMode: 'ALL_ACTIONS',
      }),
    ).toThrow(expect.objectContaining({ code: 'NotLatestPipelineExecutionException' }) as never);
  });
});

describe('an approval', () => {
  test('that is rejected fails the stage with its summary', async () => {
    await world.create(shortPipeline());
    await world.run(MINUTE, at('Approval'));
    world.approve('Rejected', 'not on a Friday');
    await world.run(1000);
    expect(world.statuses()).toEqual(['Failed']);
    expect(world.action('Approval', 'Approve')).toMatchObject({
      status: 'Failed',
      summary: 'not on a Friday',
      lastUpdatedBy: 'arn:aws:iam::123456789012:user/AKIDEXAMPLE',
      errorDetails: { message: 'The approval was rejected: not on a Friday' },
    });
  });

  test('times out after seven days of real time', async () => {
    await world.create(shortPipeline());
    await world.run(MINUTE, at('Approval'));
    world.clock.advance(7 * 24 * 60 * MINUTE - 1000);
    await world.controllers.settled();
    expect(world.statuses()).toEqual(['InProgress']);
    world.clock.advance(1000);
    await world.controllers.settled();
    await world.run(500);
    expect(world.statuses()).toEqual(['Failed']);
  });

  test('takes only its own open token', async () => {
    await world.create(shortPipeline());
    await world.run(MINUTE, at('Approval'));
    const { token } = world.action('Approval', 'Approve');
    const put = (of: string) =>
      world.call('PutApprovalResult', {
        ...name,
        stageName: 'Approval',
        actionName: 'Approve',
        token: of,
        result: { status: 'Approved', summary: '' },
      });
    expect(() => put('other')).toThrow(
      expect.objectContaining({ code: 'InvalidApprovalTokenException' }) as never,
    );
    put(token);
    expect(() => put(token)).toThrow(
      expect.objectContaining({ code: 'ApprovalAlreadyCompletedException' }) as never,
    );
  });
});

describe('a stage condition', () => {
  const onlyIf = (result: string, value: string, variable = '#{Build.DEFINITION}') => ({
    Conditions: [
      {
        Result: result,
        Rules: [
          {
            Name: 'OnlyIf',
            RuleTypeId: { Category: 'Rule', Owner: 'AWS', Provider: 'VariableCheck', Version: '1' },
            Configuration: { Variable: variable, Value: value, Operator: 'EQ' },
          },
        ],
      },
    ],
  });
  const withCondition = (BeforeEntry: object) =>
    pipelineProperties([
      sourceStage,
      buildStage,
      { Name: 'Deploy', Actions: [stack('slipway-tooling')], BeforeEntry },
      { ...approval, BeforeEntry },
    ]);

  beforeEach(() => {
    world.fakes.files.Templates = { 'slipway-tooling.template.json': '{}' };
    world.fakes.exported['slipway-news-build'] = { DEFINITION: 'unchanged' };
  });

  test('that is not met skips the stage, and the execution succeeds past it', async () => {
    await world.create(withCondition(onlyIf('SKIP', 'changed')));
    await world.run(MINUTE, () => world.statuses()[0] === 'Succeeded');
    expect(world.stages()).toEqual({
      Source: 'Succeeded',
      Build: 'Succeeded',
      Deploy: 'Skipped',
      Approval: 'Skipped',
    });
    expect(
      stateOf('Deploy').beforeEntryConditionState.conditionStates[0].ruleStates[0].latestExecution,
    ).toMatchObject({
      status: 'Failed',
      summary: "VariableCheck failed: 'unchanged' EQ 'changed'",
    });
  });

  test('that is met lets it in', async () => {
    await world.create(withCondition(onlyIf('SKIP', 'unchanged')));
    await world.run(MINUTE, at('Deploy'));
    expect(world.stages().Deploy).toBe('InProgress');
  });

  test('with FAIL fails the stage', async () => {
    await world.create(withCondition(onlyIf('FAIL', 'changed')));
    await world.run(MINUTE, () => world.statuses()[0] === 'Failed');
    expect(world.stages().Deploy).toBe('Failed');
  });

  test('about a variable that nobody has set fails, it never skips', async () => {
    await world.create(withCondition(onlyIf('SKIP', 'changed', '#{Build.OTHER}')));
    await world.run(MINUTE, () => world.statuses()[0] === 'Failed');
    expect(world.executions()[0]).toMatchObject({
      statusSummary: expect.stringContaining('#{Build.OTHER} could not be resolved'),
    });
  });

  test('on success fails a stage whose actions all succeeded', async () => {
    await world.create(
      pipelineProperties([sourceStage, { ...buildStage, OnSuccess: onlyIf('FAIL', 'changed') }, approval]),
    );
    await world.run(MINUTE, () => world.statuses()[0] === 'Failed');
    expect(world.stages()).toEqual({ Source: 'Succeeded', Build: 'Failed', Approval: '-' });
  });
});

describe('an update', () => {
  const other = () => shortPipeline({ RoleArn: 'arn:aws:iam::123456789012:role/other' });

  test('is a new version and cancels what runs, a pending approval included', async () => {
    await world.create(shortPipeline());
    await world.run(MINUTE, at('Approval'));
    await world.update(other(), shortPipeline());
    await world.run(1000);
    expect(world.statuses()).toEqual(['Cancelled']);
    expect(world.call('GetPipeline', { name: 'slipway-news' }).pipeline.version).toBe(2);
    expect(world.action('Approval', 'Approve').status).toBe('Abandoned');
  });

  test('restarts the newest execution at its revisions where the template asks for it, once', async () => {
    const restarts = { ...other(), RestartExecutionOnUpdate: true };
    await world.create(shortPipeline());
    await world.run(MINUTE, at('Approval'));
    const released = world.fakes.commits[0]!;
    world.newCommit();
    await world.update(restarts, shortPipeline());
    await world.update(restarts, shortPipeline());
    await world.run(MINUTE, at('Approval'));
    expect(world.statuses()).toEqual(['Cancelled', 'InProgress']);
    expect(
      world.call('ListPipelineExecutions', name).pipelineExecutionSummaries[0].sourceRevisions,
    ).toMatchObject([{ actionName: 'Source', revisionId: released }]);
  });

  test('of tags only lets executions run', async () => {
    await world.create(shortPipeline());
    await world.run(MINUTE, at('Approval'));
    const tagged = shortPipeline({ Tags: [{ Key: 'team', Value: 'news' }] });
    await world.update(tagged, shortPipeline());
    expect(world.statuses()).toEqual(['InProgress']);
    expect(world.call('GetPipeline', { name: 'slipway-news' }).pipeline.version).toBe(1);
    const resourceArn = 'arn:aws:codepipeline:ap-northeast-1:123456789012:slipway-news';
    expect(world.call('ListTagsForResource', { resourceArn }).tags).toEqual([{ key: 'team', value: 'news' }]);
  });

  test('lets no stage of the old structure be retried', async () => {
    world.fakes.failing.add('slipway-news-build');
    await world.create(shortPipeline());
    await world.run(MINUTE, () => world.stages().Build === 'Failed');
    await world.update(other(), shortPipeline());
    expect(() =>
      world.call('RetryStageExecution', {
        ...name,
        stageName: 'Build',
        pipelineExecutionId: world.executions()[0]!.pipelineExecutionId,
        retryMode: 'FAILED_ACTIONS',
      }),
    ).toThrow('an earlier structure');
  });
});

test('a pipeline that is deleted leaves nothing and stops its build', async () => {
  await world.create(shortPipeline());
  await world.run(MINUTE, () => world.fakes.builds.size === 1);
  const handler = world.pipelines.resources['AWS::CodePipeline::Pipeline']!;
  await handler.delete({ physicalId: 'slipway-news' } as never);
  await world.run(5000);
  expect(world.fakes.effects.at(-1)).toBe('stop slipway-news-build:1');
  expect(() => world.call('GetPipeline', { name: 'slipway-news' })).toThrow(
    "Account '123456789012' does not have a pipeline with name 'slipway-news'",
  );
});

test('a stack is deleted by DELETE_ONLY', async () => {
  const remove = action('Remove', 'Deploy/CloudFormation', { ActionMode: 'DELETE_ONLY', StackName: 'old' });
  await world.create(pipelineProperties([sourceStage, { Name: 'Clean', Actions: [remove] }]));
  await world.run(MINUTE, () => world.statuses()[0] === 'Succeeded');
  expect(world.fakes.effects).toEqual(['delete old']);
});
