import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Properties } from '../../core/resource.ts';
import { builtInConfigs, shiftsOf } from './config.ts';
import { createGroup, groupProperties, request } from './test-structures.ts';
import { createWorld, type World } from './test-world.ts';

let world: World;
beforeEach(() => {
  world = createWorld();
});
afterEach(() => world.close());

describe('shifts', () => {
  test.each([
    ['CodeDeployDefault.ECSAllAtOnce', '100'],
    ['CodeDeployDefault.ECSCanary10Percent15Minutes', '10 wait 15, 100'],
    [
      'CodeDeployDefault.ECSLinear10PercentEvery3Minutes',
      '10 wait 3, 20 wait 3, 30 wait 3, 40 wait 3, 50 wait 3, 60 wait 3, 70 wait 3, 80 wait 3, 90 wait 3, 100',
    ],
  ])('%s is %s', (name, expected) => {
    const shifts = shiftsOf(builtInConfigs[name]!);
    expect(
      shifts
        .map(each => `${each.percent}${each.thenWaitMinutes ? ` wait ${each.thenWaitMinutes}` : ''}`)
        .join(', '),
    ).toBe(expected);
  });

  test('a step that does not divide a hundred ends at a hundred', () => {
    const routing = {
      type: 'TimeBasedLinear',
      timeBasedLinear: { linearPercentage: 40, linearInterval: 1 },
    } as const;
    expect(shiftsOf(routing).map(each => each.percent)).toEqual([40, 80, 100]);
  });
});

describe('resources', () => {
  const name = 'slipway-news-staging';
  const create = (type: string, properties: Properties) =>
    world.deploy.resources[`AWS::CodeDeploy::${type}`]!.create(request(type, properties));

  test('are made once per token, also when the engine was killed before it said so', async () => {
    await createGroup(world);
    await createGroup(world);
    const names = { applicationName: name, deploymentGroupName: name };
    const { GetDeploymentGroup } = world.deploy.api.operations;
    expect(GetDeploymentGroup!(names, {} as never)).toMatchObject({
      deploymentGroupInfo: {
        ecsServices: [{ clusterName: 'slipway-staging', serviceName: 'news' }],
        blueGreenDeploymentConfiguration: {
          terminateBlueInstancesOnDeploymentSuccess: { action: 'TERMINATE', terminationWaitTimeInMinutes: 5 },
        },
      },
    });
  });

  test('Ref is the name', async () => {
    const config = {
      DeploymentConfigName: 'news-canary-20-2',
      ComputePlatform: 'ECS',
      TrafficRoutingConfig: {
        Type: 'TimeBasedCanary',
        TimeBasedCanary: { CanaryPercentage: '20', CanaryInterval: 2 },
      },
    };
    expect((await create('DeploymentConfig', config)).physicalId).toBe('news-canary-20-2');
    const { GetDeploymentConfig } = world.deploy.api.operations;
    expect(GetDeploymentConfig!({ deploymentConfigName: 'news-canary-20-2' }, {} as never)).toMatchObject({
      deploymentConfigInfo: {
        trafficRoutingConfig: { timeBasedCanary: { canaryPercentage: 20, canaryInterval: 2 } },
      },
    });
  });

  test.each<[string, Properties, string]>([
    ['an in-place style', { DeploymentStyle: {} }, 'InvalidDeploymentStyleException'],
    ['no service', { ECSServices: [] }, 'InvalidECSServiceException'],
    ['no pair of target groups', { LoadBalancerInfo: {} }, 'InvalidTargetGroupPairException'],
    ['an unknown configuration', { DeploymentConfigName: 'mine' }, 'DeploymentConfigDoesNotExistException'],
    ['an unknown application', { ApplicationName: 'other' }, 'ApplicationDoesNotExistException'],
    [
      'a blue that is kept',
      {
        BlueGreenDeploymentConfiguration: {
          TerminateBlueInstancesOnDeploymentSuccess: { Action: 'KEEP_ALIVE' },
        },
      },
      'InvalidBlueGreenDeploymentConfigurationException',
    ],
    [
      'STOP_DEPLOYMENT without a wait',
      { BlueGreenDeploymentConfiguration: { DeploymentReadyOption: { ActionOnTimeout: 'STOP_DEPLOYMENT' } } },
      'InvalidBlueGreenDeploymentConfigurationException',
    ],
    [
      'eleven alarms',
      {
        AlarmConfiguration: {
          Enabled: true,
          Alarms: Array.from({ length: 11 }, (_, n) => ({ Name: `a${n}` })),
        },
      },
      'AlarmsLimitExceededException',
    ],
  ])('a group with %s is refused', async (_, changes, code) => {
    await create('Application', { ApplicationName: name, ComputePlatform: 'ECS' });
    await expect(create('DeploymentGroup', { ...groupProperties(name), ...changes })).rejects.toMatchObject({
      code,
    });
  });

  test('an application for servers is refused', async () => {
    await expect(create('Application', { ComputePlatform: 'Server' })).rejects.toMatchObject({
      code: 'InvalidComputePlatformException',
    });
  });

  test('a configuration cannot be changed under its name', async () => {
    const config = {
      DeploymentConfigName: 'c',
      ComputePlatform: 'ECS',
      TrafficRoutingConfig: { Type: 'AllAtOnce' },
    };
    await create('DeploymentConfig', config);
    const changed = { Type: 'TimeBasedCanary', TimeBasedCanary: { CanaryPercentage: 20, CanaryInterval: 2 } };
    await expect(
      world.deploy.resources['AWS::CodeDeploy::DeploymentConfig']!.update({
        ...request('DeploymentConfig', { ...config, TrafficRoutingConfig: changed }, 'later'),
        physicalId: 'c',
        previous: config,
      }),
    ).rejects.toMatchObject({ code: 'DeploymentConfigAlreadyExistsException' });
  });

  test('an application takes its deployments along, one under way too: the next of its name begins with none', async () => {
    const listed = () =>
      world.deploy.api.operations.ListDeployments!({ applicationName: name }, {} as never) as {
        deployments: string[];
      };
    await createGroup(world);
    world.start();
    const first = await world.create('news:2');
    await world.run(600_000, world.idle);
    expect(world.statusOf(first)).toBe('Succeeded');
    const resource = (type: string) => world.deploy.resources[`AWS::CodeDeploy::${type}`]!;
    world.fakes.afterEffect = effect => {
      if (!effect.startsWith('production')) return;
      const group = request('DeploymentGroup', groupProperties(name));
      void resource('DeploymentGroup').delete({ ...group, physicalId: name });
      void resource('Application').delete({ ...request('Application', {}), physicalId: name });
    };
    const second = await world.create('news:3');
    await world.run(10_000);
    expect(world.fakes.effects).toContain('production 100/0');

    await createGroup(world);
    expect(listed().deployments).toEqual([]);
    expect(world.statusOf(second)).toBeUndefined();
    expect(world.errors).toEqual([]);
  });
});
