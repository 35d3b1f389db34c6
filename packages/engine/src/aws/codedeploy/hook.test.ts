import {
  CodeDeployClient,
  GetDeploymentCommand,
  GetDeploymentTargetCommand,
  PutLifecycleEventHookExecutionStatusCommand,
  StopDeploymentCommand,
} from '@aws-sdk/client-codedeploy';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openTestWire, type TestWire } from '../../wire/test-wire.ts';
import { BLUE, createGroup, GREEN, request, TEST } from './test-structures.ts';
import { createWorld, type World } from './test-world.ts';

const MINUTE = 60_000;
const HOOKS = [
  'BeforeInstall',
  'AfterInstall',
  'AfterAllowTestTraffic',
  'BeforeAllowTraffic',
  'AfterAllowTraffic',
];

let world: World;
let wire: TestWire;
let client: CodeDeployClient;

beforeEach(async () => {
  world = createWorld();
  wire = await openTestWire({ apis: [world.deploy.api] });
  client = new CodeDeployClient(wire.clientConfig);
  await createGroup(world);
  world.start();
});
afterEach(async () => {
  client.destroy();
  await wire.close();
  await world.close();
  expect(world.errors).toEqual([]);
});

const create = (...hooks: string[]) =>
  world.create('news:2', 'news:2', `Hooks:\n${hooks.map(each => `  - ${each}\n`).join('')}`);
const checked = () => create('AfterAllowTestTraffic: check');
const invoked = () => world.run(MINUTE, () => world.fakes.invocations.length > 0);
const put = (deploymentId: string, status: 'Succeeded' | 'Failed' | 'Skipped', id?: string) =>
  client.send(
    new PutLifecycleEventHookExecutionStatusCommand({
      deploymentId,
      lifecycleEventHookExecutionId: id ?? world.fakes.invocations[0]!.event.LifecycleEventHookExecutionId,
      status,
    }),
  );
const errorOf = async (deploymentId: string) => {
  const { deploymentInfo } = await client.send(new GetDeploymentCommand({ deploymentId }));
  return deploymentInfo?.errorInformation;
};
const eventOf = async (deploymentId: string, name: string) => {
  const target = { deploymentId, targetId: 'slipway-staging:news' };
  const { deploymentTarget } = await client.send(new GetDeploymentTargetCommand(target));
  return deploymentTarget?.ecsTarget?.lifecycleEvents?.find(each => each.lifecycleEventName === name);
};

test('every event that may carry a hook calls its function with the deployment and an execution id of its own', async () => {
  const id = create(...HOOKS.map(each => `${each}: check`));
  await world.run(MINUTE, world.over(id));
  expect(world.statusOf(id)).toBe('Succeeded');
  const events = world.fakes.invocations.map(each => each.event);
  expect(events.map(each => each.DeploymentId)).toEqual(HOOKS.map(() => id));
  expect(new Set(events.map(each => each.LifecycleEventHookExecutionId)).size).toBe(HOOKS.length);
});

test('production waits for the verdict behind the test listener, where green answers already', async () => {
  world.fakes.functions.check = 'silent';
  const id = checked();
  await invoked();
  await world.run(30 * MINUTE);
  expect(world.fakes.weights[TEST]).toEqual({ [BLUE]: 0, [GREEN]: 100 });
  expect(world.fakes.shares()?.[GREEN] ?? 0).toBe(0);
  expect(await eventOf(id, 'AfterAllowTestTraffic')).toMatchObject({ status: 'InProgress' });
  expect(await eventOf(id, 'BeforeAllowTraffic')).toMatchObject({ status: 'Pending' });
  await put(id, 'Succeeded');
  await world.run(MINUTE, world.over(id));
  expect(world.statusOf(id)).toBe('Succeeded');
  expect(await eventOf(id, 'AfterAllowTestTraffic')).toMatchObject({ status: 'Succeeded' });
});

test('a verdict against green rolls back before any production request, and tells what the check and the tasks said', async () => {
  world.fakes.functions.check = 'Failed';
  const id = checked();
  await world.run(MINUTE, world.idle);
  expect(world.statusOf(id)).toBe('Failed');
  expect(world.fakes.effects.filter(each => each.startsWith('production'))).toEqual(['production 100/0']);
  expect(world.fakes.live()).toEqual(['news:1']);
  expect(world.fakes.weights[TEST]).toEqual({ [BLUE]: 100, [GREEN]: 0 });
  expect(world.statusOf(world.deploy.deployment(id)!.rollbackDeploymentId!)).toBe('Succeeded');
  const error = await errorOf(id);
  expect(error?.code).toBe('HOOK_EXECUTION_FAILURE');
  expect(error?.message?.split('\n')).toEqual([
    'The lifecycle event hook AfterAllowTestTraffic failed: the function check reported Failed.',
    'GET http://127.0.0.1:9080/news/healthz',
    'answered 500, not 200',
    'Task arn:task/news:2/0 is RUNNING, health check healthy',
    'listening on 3000',
    'GET /news/healthz: database is missing',
    'Task arn:task/news:2/1 is RUNNING, health check healthy',
    'listening on 3000',
    'GET /news/healthz: database is missing',
  ]);
  expect(await eventOf(id, 'AfterAllowTestTraffic')).toMatchObject({
    status: 'Failed',
    diagnostics: {
      message: 'The lifecycle event hook AfterAllowTestTraffic failed: the function check reported Failed.',
      logTail: expect.stringContaining('answered 500, not 200\nTask arn:task/news:2/0'),
    },
  });
});

describe('a hook without a verdict', () => {
  test('fails after an hour, undivided', async () => {
    world.fakes.functions.check = 'silent';
    const id = checked();
    await invoked();
    await world.run(59 * MINUTE);
    expect(world.statusOf(id)).toBe('InProgress');
    await world.run(2 * MINUTE, world.over(id));
    expect((await errorOf(id))?.message).toContain('the function check gave no verdict within 1 hour.');
  });

  test('fails as soon as its function has failed for good', async () => {
    world.fakes.functions.check = 'throws';
    const id = checked();
    await world.run(MINUTE, world.over(id));
    expect((await errorOf(id))?.message).toContain(
      'the function check gave no verdict and failed: TypeError: fetch failed\nGET http://127.0.0.1:9080',
    );
  });

  test('fails when its function was removed meanwhile', async () => {
    const id = checked();
    await world.run(MINUTE, () => world.fakes.live().includes('news:2'));
    delete world.fakes.functions.check;
    await world.run(MINUTE, world.over(id));
    expect((await errorOf(id))?.message).toContain(
      'could not be invoked: Function not found: check (ResourceNotFoundException)',
    );
  });

  test('can be stopped', async () => {
    world.fakes.functions.check = 'silent';
    const id = checked();
    await invoked();
    await client.send(new StopDeploymentCommand({ deploymentId: id }));
    await world.run(MINUTE, world.idle);
    expect(world.statusOf(id)).toBe('Stopped');
    await expect(put(id, 'Succeeded')).rejects.toMatchObject({
      name: 'LifecycleEventAlreadyCompletedException',
    });
  });
});

describe('a verdict', () => {
  test('counts once: the same again is taken as asked twice, another one is refused', async () => {
    world.fakes.functions.check = 'silent';
    const id = checked();
    await invoked();
    const { lifecycleEventHookExecutionId } = await put(id, 'Failed');
    expect(lifecycleEventHookExecutionId).toBe(
      world.fakes.invocations[0]!.event.LifecycleEventHookExecutionId,
    );
    await put(id, 'Failed');
    await expect(put(id, 'Succeeded')).rejects.toMatchObject({
      name: 'LifecycleEventAlreadyCompletedException',
    });
    await world.run(MINUTE, world.idle);
    expect(world.statusOf(id)).toBe('Failed');
  });

  test('must be of a hook of that deployment, and Succeeded or Failed', async () => {
    world.fakes.functions.check = 'silent';
    const id = checked();
    await invoked();
    const named = (name: string) => expect.objectContaining({ name });
    await expect(put(id, 'Skipped')).rejects.toEqual(
      named('InvalidLifecycleEventHookExecutionStatusException'),
    );
    await expect(put(id, 'Succeeded', 'guessed')).rejects.toEqual(
      named('InvalidLifecycleEventHookExecutionIdException'),
    );
    await expect(put('d-000000XYZ', 'Succeeded')).rejects.toEqual(named('DeploymentDoesNotExistException'));
    await expect(put('news', 'Succeeded')).rejects.toEqual(named('InvalidDeploymentIdException'));
    await expect(put('', 'Succeeded')).rejects.toEqual(named('DeploymentIdRequiredException'));
  });
});

test('a hook for test traffic is refused where there is no test listener: nobody would ever call it', async () => {
  const name = 'slipway-news-staging';
  const pair = {
    ProdTrafficRoute: { ListenerArns: ['arn:listener/production'] },
    TargetGroups: [{ Name: 'news-blue' }, { Name: 'news-green' }],
  };
  const properties = { ApplicationName: name };
  await world.deploy.resources['AWS::CodeDeploy::DeploymentGroup']!.delete({
    ...request('DeploymentGroup', properties),
    physicalId: name,
  });
  await createGroup(world, { LoadBalancerInfo: { TargetGroupPairInfoList: [pair] } });
  const id = checked();
  await world.run(MINUTE, world.over(id));
  expect((await errorOf(id))?.message).toContain('the deployment group has no test listener');
  expect(world.fakes.live()).toEqual(['news:1']);
});
