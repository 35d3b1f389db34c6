import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { deliveryPipeline } from './test-structures.ts';
import { createWorld, fillArtifacts, type World } from './test-world.ts';

const MINUTE = 60_000;
let world: World;
beforeEach(() => {
  world = createWorld();
  fillArtifacts(world);
  world.start();
});
afterEach(async () => {
  await world.close();
});

const waits = () => world.stages().Approval === 'InProgress';

describe('a delivery pipeline', () => {
  test('starts when it is created and releases to staging, then to production after the approval', async () => {
    await world.create(deliveryPipeline());
    await world.run(MINUTE, waits);
    expect(world.fakes.effects).toEqual([
      'build slipway-news-build',
      'deploy slipway-news-data-staging',
      'deploy slipway-news-staging',
      'register',
      'release slipway-news-staging',
      'build slipway-news-smoke',
      'invoke gate',
    ]);
    await world.run(5000);
    expect(world.statuses()).toEqual(['InProgress']);
    world.approve();
    await world.run(MINUTE, () => world.statuses()[0] !== 'InProgress');
    expect(world.statuses()).toEqual(['Succeeded']);
    expect(Object.values(world.stages())).toEqual(Array(5).fill('Succeeded'));
    expect(world.fakes.effects.slice(7)).toEqual([
      'deploy slipway-news-data-production',
      'deploy slipway-news-production',
      'register',
      'release slipway-news-production',
      'build slipway-news-smoke',
    ]);
    expect(world.errors).toEqual([]);
  });

  test('gives the build the source and its variables, quotes in a commit message included', async () => {
    await world.create(deliveryPipeline());
    await world.run(MINUTE, waits);
    const [request] = world.fakes.builds.values();
    expect(request).toMatchObject({
      project: 'slipway-news-build',
      sourceVersion: 'a'.repeat(40),
      environment: [
        { name: 'COMMIT', value: 'a'.repeat(40) },
        { name: 'MESSAGE', value: 'Say "aaaa"' },
      ],
      initiator: 'codepipeline/slipway-news',
    });
    expect(request!.inputs[0]).toMatchObject({ name: 'Source', bucket: 'slipway-artifacts' });
    expect(request!.outputs.map(each => each.key)).toEqual([
      expect.stringMatching(/^slipway-news\/Templates\/[0-9a-f]{7}$/),
      expect.stringMatching(/^slipway-news\/Release\/[0-9a-f]{7}$/),
    ]);
    expect(world.fakes.read(request!.inputs[0]!.key)).toEqual({
      'package.json': `{"commit":"${'a'.repeat(40)}"}`,
    });
  });

  test('gives the stack its template, capabilities and role', async () => {
    await world.create(deliveryPipeline());
    await world.run(MINUTE, waits);
    const [first] = world.fakes.stacks.values();
    expect(first?.request).toMatchObject({
      stackName: 'slipway-news-data-staging',
      mode: 'CREATE_UPDATE',
      template: { Resources: { Topic: { Type: 'AWS::SNS::Topic' } } },
      capabilities: ['CAPABILITY_NAMED_IAM'],
      roleArn: 'arn:aws:iam::123456789012:role/slipway-execution',
    });
  });

  test('fills the image into the task definition and its ARN into the AppSpec', async () => {
    await world.create(deliveryPipeline());
    await world.run(MINUTE, waits);
    const [registered] = world.fakes.definitions.values();
    expect(registered!.definition).toEqual({
      family: 'slipway-news-staging',
      containerDefinitions: [
        { name: 'news', image: '123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/slipway/news@sha256:abc' },
      ],
    });
    const [deployment] = world.fakes.deployments.values();
    expect(deployment!.appSpec).toContain(`TaskDefinition: ${registered!.arn}\n`);
    expect(world.action('Staging', 'BlueGreen')).toMatchObject({
      externalExecutionId: 'd-1',
      status: 'Succeeded',
    });
  });

  test('shows what is asked for at the gate', async () => {
    await world.create(deliveryPipeline());
    await world.run(MINUTE, waits);
    const { actionExecutionDetails } = world.call('ListActionExecutions', { pipelineName: 'slipway-news' });
    expect(actionExecutionDetails[0]).toMatchObject({
      actionName: 'Approve',
      input: { resolvedConfiguration: { CustomData: `Release ${'a'.repeat(40)}?` } },
      output: { executionResult: { externalExecutionId: world.action('Approval', 'Approve').token } },
    });
  });
});

describe('an action that fails', () => {
  test('as a build fails its stage and says its last lines', async () => {
    world.fakes.failing.add('slipway-news-build');
    await world.create(deliveryPipeline());
    await world.run(MINUTE, () => world.statuses()[0] === 'Failed');
    expect(world.stages()).toEqual({
      Source: 'Succeeded',
      Build: 'Failed',
      Staging: '-',
      Approval: '-',
      Production: '-',
    });
    expect(world.action('Build', 'Build')).toMatchObject({
      status: 'Failed',
      externalExecutionId: 'slipway-news-build:1',
      errorDetails: {
        code: 'JobFailed',
        message:
          'Build terminated with state: FAILED. Phase: BUILD, Message: Command did not exit successfully: turbo run test, exit status 1\n# tests 3\n# fail 1',
      },
    });
  });

  test('as a stack says why', async () => {
    world.fakes.failing.add('slipway-news-staging');
    await world.create(deliveryPipeline());
    await world.run(MINUTE, () => world.statuses()[0] === 'Failed');
    expect(world.action('Staging', 'slipway-news-staging').errorDetails).toEqual({
      code: 'JobFailed',
      message: 'Table: already exists',
    });
  });

  test('as a deployment is over when its rollback is', async () => {
    world.fakes.failing.add('release').add('rolling back');
    await world.create(deliveryPipeline());
    await world.run(20_000);
    expect(world.action('Staging', 'BlueGreen').status).toBe('InProgress');
    world.fakes.failing.delete('rolling back');
    await world.run(MINUTE, () => world.statuses()[0] === 'Failed');
    expect(world.action('Staging', 'BlueGreen').errorDetails.message).toBe(
      'Deployment d-1 failed. Rolled back by deployment d-back: Succeeded.\nTypeError: boom',
    );
  });

  test.each([
    ['Templates', 'slipway-news-data-staging', 'slipway-news-data-staging.template.json'],
    ['Release', 'BlueGreen', 'staging/taskdef.json'],
  ])('for want of a file in %s names both', async (artifact, action, file) => {
    world.fakes.files[artifact] = { other: 'x' };
    await world.create(deliveryPipeline());
    await world.run(MINUTE, () => world.statuses()[0] === 'Failed');
    expect(world.action('Staging', action).errorDetails.message).toContain(
      `File ${file} does not exist in artifact ${artifact}`,
    );
  });

  test('of a fault outside is tried three times, then says it', async () => {
    world.fakes.ports.git.archive = async () => {
      throw new Error('ENOSPC: no space left on device');
    };
    await world.create(deliveryPipeline());
    await world.run(MINUTE, () => world.statuses()[0] === 'Failed');
    expect(world.action('Source', 'Source').errorDetails).toEqual({
      code: 'SystemUnavailable',
      message: 'ENOSPC: no space left on device',
    });
    expect(world.errors).toHaveLength(2);
  });

  test('for want of the branch says so', async () => {
    world.fakes.commits = [];
    await world.create(deliveryPipeline());
    await world.run(MINUTE, () => world.statuses()[0] === 'Failed');
    expect(world.action('Source', 'Source').errorDetails.message).toBe(
      'The branch main of the CodeCommit repository slipway does not exist',
    );
  });
});

test('the events of a run are those of AWS, in their order', async () => {
  await world.create(deliveryPipeline());
  await world.run(MINUTE, () => world.stages().Build === 'Succeeded');
  const events = world.store.events.after(0);
  const told = events.map(({ 'detail-type': type, detail }) =>
    [type.split(' ')[1], detail.stage, detail.action, detail.state].filter(Boolean).join(' '),
  );
  expect(told.slice(0, 10)).toEqual([
    'Pipeline STARTED',
    'Stage Source STARTED',
    'Action Source Source STARTED',
    'Action Source Source SUCCEEDED',
    'Stage Source SUCCEEDED',
    'Stage Build STARTED',
    'Action Build Build STARTED',
    'Action Build Build SUCCEEDED',
    'Stage Build SUCCEEDED',
    'Stage Staging STARTED',
  ]);
  expect(events[3]).toMatchObject({
    source: 'aws.codepipeline',
    'detail-type': 'CodePipeline Action Execution State Change',
    resources: ['arn:aws:codepipeline:ap-northeast-1:123456789012:slipway-news'],
    detail: {
      pipeline: 'slipway-news',
      version: 1,
      'execution-id': world.executions()[0]!.pipelineExecutionId,
      'pipeline-execution-attempt': 1,
      region: 'ap-northeast-1',
      type: { owner: 'AWS', provider: 'CodeCommit', category: 'Source', version: '1' },
      'execution-result': { 'external-execution-id': 'a'.repeat(40) },
      'output-artifacts': [{ name: 'Source', s3location: { bucket: 'slipway-artifacts' } }],
    },
  });
});
