import { afterEach, describe, expect, test } from '@jest/globals';
import { BLUE, serviceProperties, taskDefinitionProperties } from './test-properties.ts';
import { openStaging, openSteady, type Scene } from './test-scene.ts';

let scene: Scene;
afterEach(async () => {
  const { errors } = scene;
  await scene.close();
  expect(errors).toEqual([]);
});

const running = () => scene.call('ListTasks', { cluster: 'slipway-staging' }).taskArns as string[];
const described = () =>
  scene.call('DescribeServices', { cluster: 'slipway-staging', services: ['news'] }).services[0];
const taskOf = (arn: string) =>
  scene.call('DescribeTasks', { cluster: 'slipway-staging', tasks: [arn] }).tasks[0];
const idOf = (arn: string) => arn.split('/').at(-1)!;
const eventsOf = (type: string) =>
  scene.store.events.after(0, 10_000).filter(each => each['detail-type'] === type);

test('a service gets as many tasks as somebody beside it wants, whatever its controller', async () => {
  scene = await openSteady({ DesiredCount: 1 });
  scene.ecs.setDesiredCount('slipway-staging', 'news', 3);
  await scene.settled();
  expect(running()).toHaveLength(3);
  expect(() => scene.ecs.setDesiredCount('slipway-staging', 'nothing', 3)).toThrow(/Service not found/);
});

describe('a CODE_DEPLOY service', () => {
  test('is created when its first task set, the primary one, runs as desired and healthy', async () => {
    scene = await openStaging();
    scene.targets.becomes = 'initial';
    let made: unknown;
    const creating = scene.create('AWS::ECS::Service', serviceProperties()).then(result => {
      made = result;
    });
    await scene.settled();
    await scene.pass(5000);
    expect(made).toBeUndefined();
    expect(described()).toMatchObject({ runningCount: 2, taskSets: [{ stabilityStatus: 'STABILIZING' }] });
    scene.targets.set(BLUE, 'healthy');
    await scene.pass(1000);
    await creating;
    const arn = 'arn:aws:ecs:ap-northeast-1:123456789012:service/slipway-staging/news';
    expect(made).toEqual({ physicalId: arn, attributes: { ServiceArn: arn, Name: 'news' } });
    expect(described()).toMatchObject({
      taskDefinition: 'arn:aws:ecs:ap-northeast-1:123456789012:task-definition/slipway-news-staging:1',
      deployments: [],
      taskSets: [
        {
          status: 'PRIMARY',
          stabilityStatus: 'STEADY_STATE',
          computedDesiredCount: 2,
          runningCount: 2,
          loadBalancers: [{ targetGroupArn: BLUE, containerName: 'news', containerPort: 3000 }],
        },
      ],
    });
    expect(described().events[0].message).toBe('(service news) has reached a steady state.');
  });

  test('takes the latest ACTIVE revision of its family', async () => {
    scene = await openStaging();
    await scene.create('AWS::ECS::TaskDefinition', taskDefinitionProperties(), 'second');
    await scene.create('AWS::ECS::TaskDefinition', taskDefinitionProperties(), 'third');
    scene.call('DeregisterTaskDefinition', { taskDefinition: 'slipway-news-staging:3' });
    await scene.create('AWS::ECS::Service', serviceProperties());
    expect(described().taskDefinition).toMatch(/:2$/);
  });

  test('whose creation was interrupted goes on with the same tasks', async () => {
    scene = await openStaging();
    scene.targets.becomes = 'initial';
    void scene.create('AWS::ECS::Service', serviceProperties());
    await scene.settled();
    await scene.restart();
    const again = scene.create('AWS::ECS::Service', serviceProperties());
    scene.targets.set(BLUE, 'healthy');
    await scene.pass(1000);
    await again;
    expect(scene.runtime.started).toHaveLength(2);
  });

  test('that can never be steady fails with what its tasks said, instead of waiting for hours', async () => {
    scene = await openStaging({ Image: 'missing' });
    const creating = scene.create('AWS::ECS::Service', serviceProperties({ DesiredCount: 1 }));
    const refused = expect(creating).rejects.toThrow(/did not stabilize.*CannotPullContainerError: missing/s);
    await scene.settled();
    await scene.pass(10_000);
    await refused;
  });

  test('is scaled by its desired count', async () => {
    scene = await openSteady();
    const arn = described().serviceArn;
    const wanted = serviceProperties({ DesiredCount: 3 });
    await scene.update('AWS::ECS::Service', arn, serviceProperties(), wanted);
    expect(running()).toHaveLength(3);
    await scene.update('AWS::ECS::Service', arn, wanted, serviceProperties({ DesiredCount: 1 }), 'down');
    expect(running()).toHaveLength(1);
  });

  test('refuses every edit that only a CodeDeploy deployment can make', async () => {
    scene = await openSteady();
    const arn = described().serviceArn;
    const refusals: [object, RegExp][] = [
      [
        { TaskDefinition: 'slipway-news-staging:7' },
        /Unable to update task definition on services with a CODE_DEPLOY/,
      ],
      [{ LoadBalancers: [] }, /Unable to update load balancers/],
      [{ NetworkConfiguration: {} }, /Unable to update network parameters/],
      [{ PlatformVersion: '1.3.0' }, /Unable to update platform version/],
    ];
    for (const [edit, message] of refusals) {
      const call = scene.update(
        'AWS::ECS::Service',
        arn,
        serviceProperties(),
        serviceProperties({ ...edit }),
      );
      await expect(call).rejects.toThrow(message);
    }
    expect(() =>
      scene.call('UpdateService', { cluster: 'slipway-staging', service: 'news', forceNewDeployment: true }),
    ).toThrow(/Cannot force a new deployment/);
    const allowed = serviceProperties({ HealthCheckGracePeriodSeconds: 90, PropagateTags: 'SERVICE' });
    await scene.update('AWS::ECS::Service', arn, serviceProperties(), allowed, 'allowed');
  });

  test('of the same name is refused, and what is not carried out is said', async () => {
    scene = await openSteady();
    const type = 'AWS::ECS::Service';
    await expect(scene.create(type, serviceProperties(), 'other')).rejects.toThrow(/not idempotent/);
    for (const over of [
      { SchedulingStrategy: 'DAEMON' },
      { DeploymentConfiguration: { Strategy: 'BLUE_GREEN' } },
    ]) {
      const call = scene.create(type, serviceProperties({ ServiceName: 'x', ...over }), 'x');
      await expect(call).rejects.toThrow(/not carried out locally yet/);
    }
    const call = scene.create(
      type,
      serviceProperties({
        ServiceName: 'x',
        LoadBalancers: [{ ContainerName: 'news', ContainerPort: 80, TargetGroupArn: BLUE }],
      }),
      'y',
    );
    await expect(call).rejects.toThrow('The container news did not have a container port 80 defined.');
  });

  test('is deleted when its tasks have drained and stopped', async () => {
    scene = await openSteady();
    scene.targets.drainsAtOnce = false;
    let gone = false;
    const arn = described().serviceArn;
    const deleting = scene.ecs.resources['AWS::ECS::Service']!.delete({
      stack: { name: '', id: '', region: '', account: '', tags: {} },
      logicalId: 'Service',
      type: 'AWS::ECS::Service',
      properties: {},
      token: 'delete',
      physicalId: arn,
    }).then(() => {
      gone = true;
    });
    await scene.pass(3000);
    expect(gone).toBe(false);
    expect(scene.runtime.signals).toEqual([]);
    scene.targets.drained();
    await scene.pass(1000);
    await deleting;
    expect(scene.ecs.service('slipway-staging', 'news')).toBeUndefined();
    expect(described().status).toBe('INACTIVE');
  });
});

describe('a task that fails', () => {
  test('is replaced, and its failure is kept with the end of its log', async () => {
    scene = await openSteady();
    const [victim] = running();
    scene.runtime.exit(idOf(victim!), 'news', 1);
    await scene.settled();
    expect(running()).toHaveLength(2);
    expect(running()).not.toContain(victim);
    const [set] = scene.ecs.service('slipway-staging', 'news')!.taskSets;
    expect(set).toMatchObject({
      failedTasks: 1,
      lastFailure: {
        taskArn: victim,
        exitCode: 1,
        reason: 'Essential container in task exited: container news exited with 1',
        logTail: ['the last line'],
      },
    });
    expect(taskOf(victim!)).toMatchObject({
      lastStatus: 'STOPPED',
      stopCode: 'EssentialContainerExited',
      containers: [{ exitCode: 1, lastStatus: 'STOPPED' }],
    });
  });

  test('again and again is retried at once, then ever more slowly', async () => {
    scene = await openStaging();
    scene.runtime.refuses = 'no such program';
    void scene.create('AWS::ECS::Service', serviceProperties({ DesiredCount: 1 })).catch(() => {});
    const failures = () => scene.ecs.service('slipway-staging', 'news')!.taskSets[0]!.failedTasks;
    const seen: number[] = [];
    await scene.settled();
    for (let second = 0; second <= 16; second++) {
      seen.push(failures());
      await scene.pass(1000);
    }
    expect(seen).toEqual([2, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 5, 5, 5, 5, 6, 6]);
    scene.runtime.refuses = undefined;
    await scene.pass(16_000);
    expect(running()).toHaveLength(1);
  });

  test('its health check is replaced, but only after the grace period', async () => {
    scene = await openSteady();
    const before = running();
    const description = 'Health checks failed with these codes: [500]';
    scene.targets.set(BLUE, 'unhealthy', description);
    scene.targets.becomes = 'initial';
    const [taskSet] = scene.ecs.service('slipway-staging', 'news')!.taskSets;
    expect(scene.ecs.taskReports(taskSet!.id)[0]).toMatchObject({
      taskArn: expect.stringContaining(':task/slipway-staging/'),
      lastStatus: 'RUNNING',
      health: { state: 'unhealthy', description },
    });
    await scene.pass(59_000);
    expect(running()).toEqual(before);
    await scene.pass(1000);
    expect(running().filter(arn => before.includes(arn))).toEqual([]);
    expect(running()).toHaveLength(2);
    const reason = `Task failed ELB health checks in (target-group ${BLUE})`;
    expect(taskOf(before[0]!).stoppedReason).toBe(reason);
    expect(scene.ecs.taskSet(taskSet!.id)?.lastFailure?.reason).toBe(`${reason}: ${description}`);
  });
});

describe('ECS itself as the controller', () => {
  const rolling = { DeploymentController: { Type: 'ECS' }, TaskDefinition: 'slipway-news-staging:1' };

  test('rolls to the new version: at least the healthy percent serve, at most the maximum live', async () => {
    scene = await openSteady(rolling);
    await scene.create('AWS::ECS::TaskDefinition', taskDefinitionProperties(), 'second');
    const arn = described().serviceArn;
    const before = serviceProperties(rolling);
    const wanted = serviceProperties({ ...rolling, TaskDefinition: 'slipway-news-staging:2' });
    scene.targets.becomes = 'initial';
    let done = false;
    const updating = scene.update('AWS::ECS::Service', arn, before, wanted).then(() => {
      done = true;
    });
    await scene.pass(3000);
    expect(running()).toHaveLength(4);
    expect(described().deployments).toMatchObject([
      { status: 'ACTIVE', runningCount: 2 },
      { status: 'PRIMARY', rolloutState: 'IN_PROGRESS', runningCount: 2 },
    ]);
    expect(done).toBe(false);
    scene.targets.set(BLUE, 'healthy');
    await scene.pass(3000);
    await updating;
    expect(described().deployments).toMatchObject([{ status: 'PRIMARY', rolloutState: 'COMPLETED' }]);
    expect(running().map(each => taskOf(each).taskDefinitionArn.slice(-2))).toEqual([':2', ':2']);
    expect(eventsOf('ECS Deployment State Change').map(each => each.detail.eventName)).toEqual([
      'SERVICE_DEPLOYMENT_IN_PROGRESS',
      'SERVICE_DEPLOYMENT_COMPLETED',
      'SERVICE_DEPLOYMENT_IN_PROGRESS',
      'SERVICE_DEPLOYMENT_COMPLETED',
    ]);
  });

  test('rolls back when the circuit breaker counts enough failures, and the old version serves all the while', async () => {
    const configuration = { DeploymentCircuitBreaker: { Enable: true, Rollback: true }, MaximumPercent: 200 };
    const properties = { ...rolling, DeploymentConfiguration: configuration };
    scene = await openSteady(properties);
    const old = running();
    await scene.create('AWS::ECS::TaskDefinition', taskDefinitionProperties({ Image: 'missing' }), 'second');
    const wanted = serviceProperties({ ...properties, TaskDefinition: 'slipway-news-staging:2' });
    const arn = described().serviceArn;
    const updating = scene.update('AWS::ECS::Service', arn, serviceProperties(properties), wanted);
    void updating.catch(() => {});
    await scene.pass(20_000);
    expect(described().taskDefinition).toMatch(/:1$/);
    expect(described().deployments).toMatchObject([{ status: 'PRIMARY', rolloutState: 'COMPLETED' }]);
    expect(running()).toHaveLength(2);
    const failed = eventsOf('ECS Deployment State Change').filter(
      each => each.detail.eventName === 'SERVICE_DEPLOYMENT_FAILED',
    );
    expect(failed).toHaveLength(1);
    expect(old).toHaveLength(2);
  });
});
