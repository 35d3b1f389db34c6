import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { AwsError } from '../../core/errors.ts';
import { BLUE, createGroup, GREEN, groupProperties, PRODUCTION, request } from './test-structures.ts';
import { createWorld, type World } from './test-world.ts';

let world: World;
beforeEach(() => {
  world = createWorld();
  world.start();
});
afterEach(async () => {
  expect(world.errors).toEqual([]);
  expect(world.fakes.violations).toEqual([]);
  await world.close();
});

const MINUTE = 60_000;
const canary = { DeploymentConfigName: 'CodeDeployDefault.ECSCanary10Percent5Minutes' };
const noRollback = { AutoRollbackConfiguration: { Enabled: false } };

const alarmed = {
  AlarmConfiguration: { Enabled: true, Alarms: [{ Name: 'news-5xx' }] },
};

describe('a deployment that succeeds', () => {
  test('shifts test traffic, then production traffic, and terminates blue after its wait', async () => {
    await createGroup(world);
    const id = world.create('news:2');
    expect(world.statusOf(id)).toBe('Created');
    await world.run(MINUTE, world.over(id));
    expect(world.statusOf(id)).toBe('Succeeded');
    expect(world.fakes.effects).toEqual([
      'create news:2',
      'test 0/100',
      'production 0/100',
      'primary news:2',
      'delete news:1',
    ]);
    expect(world.fakes.live()).toEqual(['news:2']);
    expect(world.events()).toEqual(
      ['d-1 START', 'd-1 SUCCESS'].map(each => each.replace('d-1', id.replace(/^d-0*/, 'd-'))),
    );
  });

  test('is still in progress while blue waits to be terminated, five minutes at a speed of 60', async () => {
    await createGroup(world);
    const id = world.create('news:2');
    await world.run(MINUTE, () => world.fakes.primary() === 'news:2');
    const shifted = world.clock.now();
    await world.run(4500);
    expect(world.statusOf(id)).toBe('InProgress');
    expect(world.fakes.live()).toEqual(['news:1', 'news:2']);
    await world.run(MINUTE, () => world.fakes.effects.includes('delete news:1'));
    expect(world.clock.now() - shifted).toBe(5000);
  });

  test('gives the canary its share for the interval, then everything', async () => {
    await createGroup(world, canary);
    const id = world.create('news:2');
    await world.run(MINUTE, () => world.fakes.shares()?.[GREEN] === 10);
    const first = world.clock.now();
    expect(world.fakes.shares()).toEqual({ [BLUE]: 90, [GREEN]: 10 });
    await world.run(MINUTE, () => world.fakes.shares()?.[GREEN] === 100);
    expect(world.clock.now() - first).toBe(5000);
    await world.run(MINUTE, world.over(id));
    expect(world.statusOf(id)).toBe('Succeeded');
  });

  test('goes up in equal steps when linear', async () => {
    await createGroup(world, { DeploymentConfigName: 'CodeDeployDefault.ECSLinear10PercentEvery1Minutes' });
    const id = world.create('news:2');
    await world.run(MINUTE, world.over(id));
    expect(world.fakes.effects.filter(each => each.startsWith('production'))).toEqual(
      [90, 80, 70, 60, 50, 40, 30, 20, 10, 0].map(blue => `production ${blue}/${100 - blue}`),
    );
  });

  test('goes up by the numbers of a configuration of its own, each step after the wait of the one before', async () => {
    await world.deploy.resources['AWS::CodeDeploy::DeploymentConfig']!.create(
      request('config', {
        DeploymentConfigName: 'news-linear-40-2',
        ComputePlatform: 'ECS',
        TrafficRoutingConfig: {
          Type: 'TimeBasedLinear',
          TimeBasedLinear: { LinearPercentage: 40, LinearInterval: 2 },
        },
      }),
    );
    await createGroup(world, { DeploymentConfigName: 'news-linear-40-2' });
    const id = world.create('news:2');
    const times: number[] = [];
    for (const percent of [40, 80, 100]) {
      await world.run(MINUTE, () => world.fakes.shares()?.[GREEN] === percent);
      expect(world.fakes.shares()).toEqual({ [BLUE]: 100 - percent, [GREEN]: percent });
      times.push(world.clock.now());
    }
    expect([times[1]! - times[0]!, times[2]! - times[1]!]).toEqual([2000, 2000]); // two minutes at a speed of 60
    await world.run(MINUTE, world.over(id));
    expect(world.statusOf(id)).toBe('Succeeded');
  });

  test('uses the target group that the primary task set does not use, so they swap', async () => {
    await createGroup(world);
    await world.run(MINUTE, world.over(world.create('news:2')));
    await world.run(MINUTE, world.over(world.create('news:3')));
    expect(world.fakes.taskSets.map(each => each.targetGroupArn)).toEqual([BLUE, GREEN, BLUE]);
    expect(world.fakes.shares()).toEqual({ [BLUE]: 100, [GREEN]: 0 });
  });

  test('has no test events without a test listener', async () => {
    const pair = { TargetGroups: [{ Name: 'news-blue' }, { Name: 'news-green' }] };
    await createGroup(world, {
      LoadBalancerInfo: {
        TargetGroupPairInfoList: [
          { ...pair, ProdTrafficRoute: { ListenerArns: ['arn:listener/production'] } },
        ],
      },
    });
    const id = world.create('news:2');
    await world.run(MINUTE, world.over(id));
    expect(world.statusOf(id)).toBe('Succeeded');
    expect(world.fakes.effects.some(each => each.startsWith('test'))).toBe(false);
  });

  test('the same token is the same deployment', async () => {
    await createGroup(world);
    expect(world.create('news:2', 'token')).toBe(world.create('news:2', 'token'));
  });

  test('waits as Ready for ContinueDeployment where the group says so', async () => {
    await createGroup(world, {
      BlueGreenDeploymentConfiguration: {
        DeploymentReadyOption: { ActionOnTimeout: 'STOP_DEPLOYMENT', WaitTimeInMinutes: 10 },
      },
    });
    const id = world.create('news:2');
    await world.run(MINUTE, () => world.statusOf(id) === 'Ready');
    expect(world.fakes.effects.at(-1)).toBe('test 0/100');
    await world.run(5000);
    expect(world.statusOf(id)).toBe('Ready');
    const { ContinueDeployment } = world.deploy.api.operations;
    ContinueDeployment!({ deploymentId: id, deploymentWaitType: 'READY_WAIT' }, {} as never);
    await world.run(MINUTE, world.over(id));
    expect(world.statusOf(id)).toBe('Succeeded');
  });
});

describe('a deployment that does not go well', () => {
  test('traffic stays on blue when green crashes, and the message has its last lines', async () => {
    await createGroup(world);
    world.fakes.behaviours['news:2'] = 'crashes';
    const id = world.create('news:2');
    await world.run(MINUTE, world.idle);
    const deployment = world.deploy.deployment(id)!;
    expect(deployment.status).toBe('Failed');
    expect(deployment.message).toContain('3 tasks of the replacement task set failed');
    expect(deployment.message).toContain('(exit code 1)\nlistening\nTypeError: boom');
    expect(world.statusOf(deployment.rollbackDeploymentId!)).toBe('Succeeded');
    expect(world.fakes.live()).toEqual(['news:1']);
    expect(world.fakes.shares()?.[GREEN] ?? 0).toBe(0);
    expect(world.events().map(each => each.split(' ')[1])).toEqual(['START', 'FAILURE', 'START', 'SUCCESS']);
  });

  test('traffic stays on blue when green never turns healthy within five minutes', async () => {
    await createGroup(world);
    world.fakes.behaviours['news:2'] = 'mute';
    const id = world.create('news:2');
    await world.run(4.9 * MINUTE);
    expect(world.statusOf(id)).toBe('InProgress');
    await world.run(MINUTE, world.idle);
    expect(world.deploy.deployment(id)).toMatchObject({
      status: 'Failed',
      message: expect.stringContaining('This time out period is 5 minutes.'),
    });
    expect(world.deploy.deployment(id)!.message!.split('\n').slice(1)).toEqual([
      'Task arn:task/news:2/0 is RUNNING, health check unhealthy: Health checks failed with these codes: [500]',
      'listening on 3000',
      'GET /news/healthz: database is missing',
      'Task arn:task/news:2/1 is RUNNING, health check unhealthy: Health checks failed with these codes: [500]',
      'listening on 3000',
      'GET /news/healthz: database is missing',
    ]);
    expect(world.fakes.live()).toEqual(['news:1']);
  });

  test('a stop on request puts traffic back to blue first, then deletes green', async () => {
    await createGroup(world, canary);
    const id = world.create('news:2');
    await world.run(MINUTE, () => world.fakes.shares()?.[GREEN] === 10);
    const { StopDeployment } = world.deploy.api.operations;
    expect(StopDeployment!({ deploymentId: id }, {} as never)).toMatchObject({ status: 'Pending' });
    await world.run(MINUTE, world.idle);
    expect(world.statusOf(id)).toBe('Stopped');
    expect(world.fakes.effects.slice(-4)).toEqual([
      'production 90/10',
      'production 100/0',
      'test 100/0',
      'delete news:2',
    ]);
  });

  test('an alarm in the middle of a linear shift puts all traffic back to blue, and shifts no further', async () => {
    const linear = { DeploymentConfigName: 'CodeDeployDefault.ECSLinear10PercentEvery3Minutes' };
    await createGroup(world, { ...alarmed, ...linear });
    const id = world.create('news:2');
    await world.run(MINUTE, () => world.fakes.shares()?.[GREEN] === 30);
    world.fakes.alarms = ['news-5xx'];
    await world.run(MINUTE, world.idle);
    expect(world.statusOf(id)).toBe('Stopped');
    expect(world.fakes.effects.filter(each => each.startsWith('production'))).toEqual([
      ...['production 90/10', 'production 80/20', 'production 70/30', 'production 100/0'],
    ]);
    expect(world.fakes.live()).toEqual(['news:1']);
  });

  test('an alarm stops it and rolls it back, also while blue only waits', async () => {
    await createGroup(world, alarmed);
    const id = world.create('news:2');
    await world.run(MINUTE, () => world.fakes.primary() === 'news:2');
    world.fakes.alarms = ['news-5xx'];
    await world.run(MINUTE, world.idle);
    expect(world.deploy.deployment(id)).toMatchObject({
      status: 'Stopped',
      message: expect.stringContaining('Activated alarms: <news-5xx>'),
    });
    expect(world.fakes.primary()).toBe('news:1');
    expect(world.fakes.live()).toEqual(['news:1']);
    expect(world.fakes.shares()).toEqual({ [BLUE]: 100, [GREEN]: 0 });
  });

  test('a green that loses its health under traffic is turned away from at once', async () => {
    await createGroup(world, canary);
    const id = world.create('news:2');
    await world.run(MINUTE, () => world.fakes.shares()?.[GREEN] === 10);
    world.fakes.behaviours['news:2'] = 'mute';
    await world.run(500);
    expect(world.fakes.shares()).toEqual({ [BLUE]: 100, [GREEN]: 0 });
    expect(world.statusOf(id)).toBe('Failed');
    await world.run(MINUTE, world.idle);
    expect(world.fakes.live()).toEqual(['news:1']);
  });

  test('going back waits until blue can answer again', async () => {
    await createGroup(world, canary);
    const id = world.create('news:2');
    await world.run(MINUTE, () => world.fakes.shares()?.[GREEN] === 10);
    world.fakes.behaviours['news:1'] = 'mute';
    world.deploy.api.operations.StopDeployment!({ deploymentId: id }, {} as never);
    await world.run(MINUTE);
    expect(world.fakes.shares()).toEqual({ [BLUE]: 90, [GREEN]: 10 });
    expect(world.idle()).toBe(false);
    world.fakes.behaviours['news:1'] = 'healthy';
    await world.run(MINUTE, world.idle);
    expect(world.fakes.shares()).toEqual({ [BLUE]: 100, [GREEN]: 0 });
    expect(world.fakes.live()).toEqual(['news:1']);
  });

  test('traffic stays on green when blue never answers again, and the rollback fails', async () => {
    await createGroup(world);
    const id = world.create('news:2');
    await world.run(MINUTE, () => world.fakes.primary() === 'news:2');
    world.fakes.behaviours['news:1'] = 'mute';
    world.deploy.api.operations.StopDeployment!({ deploymentId: id }, {} as never);
    await world.run(6 * MINUTE, world.idle);
    const rollback = world.deploy.deployment(id)!.rollbackDeploymentId!;
    expect(world.deploy.deployment(rollback)).toMatchObject({
      status: 'Failed',
      message: 'The original task set has no healthy target: traffic stays where it is.',
    });
    expect(world.fakes.shares()).toEqual({ [BLUE]: 0, [GREEN]: 100 });
    expect(world.fakes.live()).toEqual(['news:1', 'news:2']);
  });

  test('the shift waits while green has fewer healthy targets than it should', async () => {
    await createGroup(world);
    const { targetHealth } = world.fakes.ports.elbv2;
    let fewer = true;
    world.fakes.ports.elbv2.targetHealth = arn => targetHealth(arn).slice(arn === GREEN && fewer ? 1 : 0);
    const id = world.create('news:2');
    await world.run(10_000);
    expect(world.fakes.effects).toEqual(['create news:2']);
    fewer = false;
    await world.run(MINUTE, world.over(id));
    expect(world.statusOf(id)).toBe('Succeeded');
  });

  test('a group without rollback removes a green that nobody saw, without a deployment of its own', async () => {
    await createGroup(world, noRollback);
    world.fakes.behaviours['news:2'] = 'crashes';
    const id = world.create('news:2');
    await world.run(MINUTE, world.idle);
    expect(world.deploy.deployment(id)).toMatchObject({ status: 'Failed' });
    expect(world.deploy.deployment(id)?.rollbackDeploymentId).toBeUndefined();
    expect(world.fakes.live()).toEqual(['news:1']);
  });

  test('a group without rollback leaves traffic where it is, and the next deployment clears it first', async () => {
    await createGroup(world, { ...canary, ...noRollback });
    const id = world.create('news:2');
    await world.run(MINUTE, () => world.fakes.shares()?.[GREEN] === 10);
    world.deploy.api.operations.StopDeployment!({ deploymentId: id }, {} as never);
    await world.run(5000, world.idle);
    expect(world.fakes.shares()).toEqual({ [BLUE]: 90, [GREEN]: 10 });
    expect(world.fakes.live()).toEqual(['news:1', 'news:2']);
    const next = world.create('news:3');
    await world.run(MINUTE, world.over(next));
    expect(world.statusOf(next)).toBe('Succeeded');
    expect(world.fakes.live()).toEqual(['news:3']);
  });

  const refusals: { of: string; extra?: string; arrange?: () => void; message: string }[] = [
    {
      of: 'a hook whose function is missing',
      extra: 'Hooks:\n  - BeforeInstall: chekc\n',
      message: 'The AppSpec names the function chekc for BeforeInstall, and there is no such function',
    },
    {
      of: 'a service without tasks',
      arrange: () => {
        world.fakes.desired = 0;
      },
      message: 'has a desired count of 0',
    },
    {
      of: 'a missing service',
      arrange: () => {
        world.fakes.ports.ecs.service = () => undefined;
      },
      message: 'The ECS service news in cluster slipway-staging was not found',
    },
    {
      of: 'a listener that leads elsewhere',
      arrange: () => {
        world.fakes.weights[PRODUCTION] = {};
      },
      message: 'Primary taskset target group must be behind listener',
    },
    {
      of: 'a missing target group',
      arrange: () => {
        world.fakes.ports.elbv2.targetGroupArn = () => undefined;
      },
      message: 'The target group news-blue was not found',
    },
  ];
  test.each(refusals)('fails of $of before anything is made', async ({ extra, arrange, message }) => {
    await createGroup(world);
    arrange?.();
    const id = world.create('news:2', 'news:2', extra);
    await world.run(MINUTE, world.idle);
    expect(world.deploy.deployment(id)).toMatchObject({
      status: 'Failed',
      message: expect.stringContaining(message),
    });
    expect(world.fakes.effects).toEqual([]);
  });

  test('a refusal by ECS fails it with the words of ECS', async () => {
    await createGroup(world);
    world.fakes.ports.ecs.createTaskSet = () => {
      throw new AwsError('ClientException', 'TaskDefinition not found.');
    };
    const id = world.create('news:2');
    await world.run(MINUTE, world.idle);
    expect(world.deploy.deployment(id)?.message).toBe('TaskDefinition not found. (ClientException)');
  });
});

describe('one after the other', () => {
  test('a second deployment is refused while the first one is active, its termination wait included', async () => {
    await createGroup(world);
    const id = world.create('news:2');
    expect(() => world.create('news:3')).toThrow(`already has an active Deployment '${id}'`);
    await world.run(MINUTE, () => world.fakes.primary() === 'news:2');
    expect(() => world.create('news:3')).toThrow(
      expect.objectContaining({ code: 'DeploymentLimitExceededException' }) as never,
    );
    await world.run(MINUTE, world.over(id));
    expect(() => world.create('news:3')).not.toThrow();
  });

  test('a group that is deleted ends its deployment', async () => {
    await createGroup(world);
    const id = world.create('news:2');
    await world.run(500);
    const name = 'slipway-news-staging';
    await world.deploy.resources['AWS::CodeDeploy::DeploymentGroup']!.delete({
      ...request('DeploymentGroup', groupProperties(name)),
      physicalId: name,
    });
    await world.run(500);
    expect(world.statusOf(id)).toBe('Stopped');
    expect(world.idle()).toBe(true);
  });
});
