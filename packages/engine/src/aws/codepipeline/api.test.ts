import {
  CodePipelineClient,
  DisableStageTransitionCommand,
  EnableStageTransitionCommand,
  GetPipelineCommand,
  GetPipelineExecutionCommand,
  GetPipelineStateCommand,
  ListActionExecutionsCommand,
  ListPipelineExecutionsCommand,
  ListPipelinesCommand,
  PutApprovalResultCommand,
  RetryStageExecutionCommand,
  StartPipelineExecutionCommand,
  StopPipelineExecutionCommand,
} from '@aws-sdk/client-codepipeline';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { openTestWire, type TestWire } from '../../wire/test-wire.ts';
import { shortPipeline } from './test-structures.ts';
import { createWorld, type World } from './test-world.ts';

const MINUTE = 60_000;
const name = 'slipway-news';
const pipelineName = name;

let world: World;
let wire: TestWire;
let client: CodePipelineClient;

beforeEach(async () => {
  world = createWorld();
  wire = await openTestWire({ apis: [world.pipelines.api] });
  client = new CodePipelineClient(wire.clientConfig);
  await world.create(shortPipeline());
  world.start();
  await world.run(MINUTE, () => world.stages().Approval === 'InProgress');
});
afterEach(async () => {
  client.destroy();
  await wire.close();
  await world.close();
  expect(world.errors).toEqual([]);
});

test('the SDK sees the pipeline, its stages and its executions', async () => {
  const { pipelines } = await client.send(new ListPipelinesCommand({}));
  expect(pipelines).toMatchObject([
    { name, version: 1, pipelineType: 'V2', executionMode: 'SUPERSEDED', created: expect.any(Date) },
  ]);
  const { pipeline, metadata } = await client.send(new GetPipelineCommand({ name }));
  expect(pipeline?.stages?.map(stage => stage.name)).toEqual(['Source', 'Build', 'Approval']);
  expect(metadata?.pipelineArn).toBe('arn:aws:codepipeline:ap-northeast-1:123456789012:slipway-news');
  const { stageStates } = await client.send(new GetPipelineStateCommand({ name }));
  expect(stageStates?.map(each => each.latestExecution?.status)).toEqual([
    'Succeeded',
    'Succeeded',
    'InProgress',
  ]);
  expect(stageStates?.[0]?.actionStates?.[0]).toMatchObject({
    currentRevision: { revisionId: 'a'.repeat(40), created: expect.any(Date) },
    latestExecution: { status: 'Succeeded', summary: 'Say "aaaa"', lastStatusChange: expect.any(Date) },
  });
  const { pipelineExecutionSummaries: executions } = await client.send(
    new ListPipelineExecutionsCommand({ pipelineName }),
  );
  expect(executions).toMatchObject([
    {
      status: 'InProgress',
      trigger: { triggerType: 'CreatePipeline' },
      sourceRevisions: [{ actionName: 'Source', revisionId: 'a'.repeat(40) }],
      startTime: expect.any(Date),
    },
  ]);
  const { pipelineExecutionId } = executions![0]!;
  const { pipelineExecution } = await client.send(
    new GetPipelineExecutionCommand({ pipelineName, pipelineExecutionId }),
  );
  expect(pipelineExecution).toMatchObject({
    status: 'InProgress',
    pipelineVersion: 1,
    executionType: 'STANDARD',
  });
  const { actionExecutionDetails } = await client.send(
    new ListActionExecutionsCommand({ pipelineName, filter: { pipelineExecutionId } }),
  );
  expect(actionExecutionDetails?.map(each => each.actionName)).toEqual(['Approve', 'Build', 'Source']);
});

test('pages follow each other', async () => {
  const first = await client.send(new ListActionExecutionsCommand({ pipelineName, maxResults: 2 }));
  const rest = await client.send(
    new ListActionExecutionsCommand({ pipelineName, maxResults: 2, nextToken: first.nextToken }),
  );
  expect(first.actionExecutionDetails).toHaveLength(2);
  expect(rest.actionExecutionDetails).toHaveLength(1);
  expect(rest.nextToken).toBeUndefined();
});

test('the SDK approves, stops, retries and holds', async () => {
  const closed = { pipelineName, stageName: 'Approval', transitionType: 'Inbound' } as const;
  await client.send(new DisableStageTransitionCommand({ ...closed, reason: 'freeze' }));
  await client.send(new EnableStageTransitionCommand(closed));
  const approve = { pipelineName, stageName: 'Approval', actionName: 'Approve' };
  const result = { status: 'Rejected', summary: 'no' } as const;
  const { token } = world.action('Approval', 'Approve');
  const { approvedAt } = await client.send(new PutApprovalResultCommand({ ...approve, token, result }));
  expect(approvedAt).toBeInstanceOf(Date);
  await world.run(500);
  const { pipelineExecutionId } = world.executions()[0]!;
  await client.send(
    new RetryStageExecutionCommand({
      pipelineName,
      stageName: 'Approval',
      pipelineExecutionId,
      retryMode: 'FAILED_ACTIONS',
    }),
  );
  await world.run(500);
  expect(world.stages().Approval).toBe('InProgress');
  const sourceRevisions = [
    { actionName: 'Source', revisionType: 'COMMIT_ID', revisionValue: 'a'.repeat(40) },
  ] as const;
  const started = await client.send(
    new StartPipelineExecutionCommand({ name, sourceRevisions: [...sourceRevisions] }),
  );
  await client.send(
    new StopPipelineExecutionCommand({
      pipelineName,
      pipelineExecutionId: started.pipelineExecutionId,
      abandon: true,
    }),
  );
  await world.run(500);
  expect(world.statuses()).toEqual(['InProgress', 'Stopped']);
});

test('errors carry the codes of AWS', async () => {
  const named = (error: string) => expect.objectContaining({ name: error });
  await expect(client.send(new GetPipelineCommand({ name: 'none' }))).rejects.toEqual(
    named('PipelineNotFoundException'),
  );
  const pipelineExecutionId = '00000000-0000-0000-0000-000000000000';
  await expect(
    client.send(new GetPipelineExecutionCommand({ pipelineName, pipelineExecutionId })),
  ).rejects.toEqual(named('PipelineExecutionNotFoundException'));
  const transition = { pipelineName, stageName: 'None', transitionType: 'Inbound', reason: 'x' } as const;
  await expect(client.send(new DisableStageTransitionCommand(transition))).rejects.toEqual(
    named('StageNotFoundException'),
  );
});
