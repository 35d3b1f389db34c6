import {
  CodePipelineClient,
  GetJobDetailsCommand,
  PutJobFailureResultCommand,
  PutJobSuccessResultCommand,
} from '@aws-sdk/client-codepipeline';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openTestWire, type TestWire } from '../../wire/test-wire.ts';
import { action, approval, invoke, pipelineProperties, sourceStage } from './test-structures.ts';
import { createWorld, type World } from './test-world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let world: World;
let wire: TestWire;
let client: CodePipelineClient;

beforeEach(async () => {
  world = createWorld();
  wire = await openTestWire({ apis: [world.pipelines.api] });
  client = new CodePipelineClient(wire.clientConfig);
  world.start();
});
afterEach(async () => {
  client.destroy();
  await wire.close();
  await world.close();
  expect(world.errors).toEqual([]);
});

const told = action(
  'Told',
  'Build/CodeBuild',
  {
    ProjectName: 'told',
    EnvironmentVariables:
      '[{"name":"REJECTED","value":"#{Gate.Rejected}"},{"name":"RUN","value":"#{codepipeline.PipelineExecutionId}"}]',
  },
  { InputArtifacts: [{ Name: 'Source' }], RunOrder: 6 },
);

const stage = {
  Name: 'Check',
  Actions: [invoke({ InputArtifacts: [{ Name: 'Source' }], OutputArtifacts: [{ Name: 'Notes' }] }), told],
};
const pipeline = () => pipelineProperties([sourceStage, stage, approval]);
const begin = async (how: World['fakes']['functions'][string]) => {
  world.fakes.functions.gate = how;
  await world.create(pipeline());
  await world.run(MINUTE, () => world.fakes.invocations.size > 0);
  return [...world.fakes.invocations.values()][0]!.job;
};
const gate = () => world.action('Check', 'Gate');
const over = () => gate()?.status !== 'InProgress';
const succeed = (jobId: string, more: object = {}) =>
  client.send(new PutJobSuccessResultCommand({ jobId, ...more }));
const fail = (jobId: string, message: string) =>
  client.send(new PutJobFailureResultCommand({ jobId, failureDetails: { type: 'JobFailed', message } }));

describe('an Invoke action', () => {
  test('gives its function the job as AWS writes it, variables resolved', async () => {
    const job = await begin('silent');
    const { pipelineExecutionId } = world.executions()[0]!;
    const location = (name: string) => ({
      type: 'S3',
      s3Location: {
        bucketName: 'slipway-artifacts',
        objectKey: expect.stringMatching(new RegExp(`^slipway-news/${name}/[0-9a-f]{7}$`)),
      },
    });
    expect(job).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      accountId: '123456789012',
      data: {
        actionConfiguration: {
          configuration: {
            FunctionName: 'gate',
            UserParameters: JSON.stringify({ execution: pipelineExecutionId, commit: 'a'.repeat(40) }),
          },
        },
        inputArtifacts: [{ name: 'Source', revision: null, location: location('Source') }],
        outputArtifacts: [{ name: 'Notes', revision: null, location: location('Notes') }],
        artifactCredentials: {
          accessKeyId: 'ASIA1',
          secretAccessKey: 'secret of arn:aws:iam::123456789012:role/slipway-news-pipeline',
          sessionToken: 'token',
          expirationTime: expect.any(Number),
        },
      },
    });
    const { jobDetails } = await client.send(new GetJobDetailsCommand({ jobId: job.id }));
    expect(jobDetails).toMatchObject({
      id: job.id,
      data: {
        actionTypeId: { provider: 'Lambda' },
        pipelineContext: { pipelineName: 'slipway-news', pipelineExecutionId, stage: { name: 'Check' } },
        artifactCredentials: { accessKeyId: 'ASIA1' },
      },
    });
  });

  test('succeeds when its function says so, and its variables are there for later actions', async () => {
    const job = await begin('silent');
    await succeed(job.id, {
      outputVariables: { Rejected: '2' },
      executionDetails: { externalExecutionId: 'e-1', summary: 'rejected two older approvals' },
    });
    await world.run(MINUTE, () => world.stages().Approval === 'InProgress');
    expect(gate()).toMatchObject({
      status: 'Succeeded',
      summary: 'rejected two older approvals',
      externalExecutionId: 'e-1',
    });
    const [build] = world.fakes.builds.values();
    const { pipelineExecutionId } = world.executions()[0]!;
    expect(build!.environment).toEqual([
      { name: 'REJECTED', value: '2' },
      { name: 'RUN', value: pipelineExecutionId },
    ]);
  });

  test('fails with the message of its function', async () => {
    const job = await begin('silent');
    await fail(job.id, 'a newer run waits');
    await world.run(MINUTE, over);
    expect(gate().errorDetails).toEqual({ code: 'JobFailed', message: 'a newer run waits' });
    expect(world.statuses()).toEqual(['Failed']);
  });

  test('is continued: its function is invoked again with the token, half a minute later at the pace of the engine', async () => {
    await begin('continue');
    await world.run(MINUTE, () => world.fakes.invocations.size === 2);
    const [first, second] = [...world.fakes.invocations.values()];
    expect(second!.job.data.continuationToken).toBe('half');
    expect(second!.job.id).not.toBe(first!.job.id);
    expect(second!.at - first!.at).toBeGreaterThanOrEqual(1500);
    expect(second!.at - first!.at).toBeLessThan(3000);
    await world.run(MINUTE, over);
    expect(gate().status).toBe('Succeeded');
  });

  test('fails when no answer comes within 20 minutes, undivided, and says what to look at', async () => {
    await begin('silent');
    await world.run(19 * MINUTE);
    expect(gate().status).toBe('InProgress');
    await world.run(2 * MINUTE, over);
    expect(gate().errorDetails).toEqual({
      code: 'JobFailed',
      message:
        'The AWS Lambda function gate failed to return a result. Check the function to verify that it has permission to call the PutJobSuccessResult action and that it made a call to PutJobSuccessResult.\nasking for older approvals',
    });
  });

  test('fails as soon as its function has failed for good, with its last lines', async () => {
    await begin('throws');
    await world.run(MINUTE, over);
    expect(gate().errorDetails.message).toBe(
      'The AWS Lambda function gate failed: TypeError: x is undefined\nasking for older approvals',
    );
  });

  test('fails when there is no such function', async () => {
    world.fakes.functions = {};
    await world.create(pipeline());
    await world.run(MINUTE, () => gate()?.status === 'Failed');
    expect(gate().errorDetails.message).toBe('Function not found: gate (ResourceNotFoundException)');
  });

  test('that is retried gives its function another job', async () => {
    const job = await begin('fail');
    await world.run(MINUTE, over);
    world.fakes.functions.gate = 'succeed';
    const { pipelineExecutionId } = world.executions()[0]!;
    world.call('RetryStageExecution', {
      pipelineName: 'slipway-news',
      stageName: 'Check',
      pipelineExecutionId,
      retryMode: 'FAILED_ACTIONS',
    });
    await world.run(MINUTE, () => gate()?.status === 'Succeeded');
    const jobs = [...world.fakes.invocations.values()].map(each => each.job.id);
    expect(jobs).toHaveLength(2);
    expect(jobs[1]).not.toBe(job.id);
  });
});

describe('an answer to a job', () => {
  test('counts once: the same again is taken as asked twice, another one is refused', async () => {
    const job = await begin('silent');
    await succeed(job.id, { outputVariables: { Rejected: '1' } });
    await succeed(job.id, { outputVariables: { Rejected: '1' } });
    const another = { name: 'InvalidJobStateException' };
    await expect(succeed(job.id)).rejects.toMatchObject(another);
    await expect(fail(job.id, 'no')).rejects.toMatchObject(another);
    expect(gate().status).toBe('Succeeded');
  });

  test('to a job of an execution that was stopped and abandoned is refused', async () => {
    const job = await begin('silent');
    const { pipelineExecutionId } = world.executions()[0]!;
    world.call('StopPipelineExecution', { pipelineName: 'slipway-news', pipelineExecutionId, abandon: true });
    await world.run(1000);
    await expect(succeed(job.id)).rejects.toMatchObject({ name: 'InvalidJobStateException' });
    expect(world.statuses()).toEqual(['Stopped']);
  });

  test('to an earlier job of a continued action is refused, and 24 hours are all it gets', async () => {
    const job = await begin('silent');
    await succeed(job.id, { continuationToken: 'more' });
    await expect(succeed(job.id)).rejects.toMatchObject({ name: 'InvalidJobStateException' });
    for (let id = job.id; gate().status === 'InProgress'; ) {
      await world.run(HOUR, () => over() || newest().id !== id);
      world.clock.advance(19 * MINUTE);
      await world.controllers.settled();
      id = newest().id;
      if (!over()) await succeed(id, { continuationToken: 'more' });
    }
    const [first] = [...world.fakes.invocations.values()];
    expect(world.clock.now() - first!.at).toBeGreaterThanOrEqual(24 * HOUR - 1000);
    expect(gate().errorDetails.message).toContain('failed to return a result');
  });

  const newest = () => [...world.fakes.invocations.values()].at(-1)!.job;

  test('must be of a job, with variables that can be named', async () => {
    const job = await begin('silent');
    const { call } = world;
    const put = (input: object) => () => call('PutJobSuccessResult', { jobId: job.id, ...input });
    expect(put({ jobId: 'none' })).toThrow("The job 'none' was not found");
    expect(put({ outputVariables: { 'a b': 'x' } })).toThrow("The output variable 'a b'");
    expect(put({ outputVariables: { a: 'x'.repeat(122_880) } })).toThrow('exceed the limit of 122880 bytes');
    expect(put({ continuationToken: '' })).toThrow('continuationToken must have 1 to 2048 characters');
    expect(put({ continuationToken: 'a', outputVariables: { a: 'b' } })).toThrow('only without');
    const failureDetails = { type: 'Other', message: 'x' };
    expect(() => call('PutJobFailureResult', { jobId: job.id, failureDetails })).toThrow('must be one of');
    expect(gate().status).toBe('InProgress');
  });
});
