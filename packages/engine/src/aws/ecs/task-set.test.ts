import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { BLUE, GREEN, taskDefinitionProperties } from './test-properties.ts';
import { openSteady, type Scene } from './test-scene.ts';

let scene: Scene;
beforeEach(async () => {
  scene = await openSteady();
  await scene.create('AWS::ECS::TaskDefinition', taskDefinitionProperties(), 'second');
});
afterEach(async () => {
  const { errors } = scene;
  await scene.close();
  expect(errors).toEqual([]);
});

const green = (over = {}) =>
  scene.ecs.createTaskSet({
    token: 'd-1',
    cluster: 'arn:aws:ecs:ap-northeast-1:123456789012:cluster/slipway-staging',
    service: 'arn:aws:ecs:ap-northeast-1:123456789012:service/slipway-staging/news',
    taskDefinition: 'slipway-news-staging:2',
    targetGroupArn: GREEN,
    containerName: 'news',
    containerPort: 3000,
    scalePercent: 100,
    externalId: 'd-1',
    ...over,
  });
const blue = () => scene.ecs.service('slipway-staging', 'news')!.taskSets[0]!.id;

describe('a blue/green deployment', () => {
  test('brings up the green task set beside the blue one, once per token', async () => {
    const id = green();
    expect(green()).toBe(id);
    await scene.settled();
    expect(scene.ecs.taskSet(id)).toEqual({
      id,
      status: 'ACTIVE',
      stabilityStatus: 'STEADY_STATE',
      taskDefinition: 'arn:aws:ecs:ap-northeast-1:123456789012:task-definition/slipway-news-staging:2',
      targetGroupArn: GREEN,
      desired: 2,
      running: 2,
      pending: 0,
      failedTasks: 0,
    });
    expect(scene.targets.targetHealth(GREEN)).toHaveLength(2);
    expect(scene.targets.targetHealth(BLUE)).toHaveLength(2);
  });

  test('makes green the primary: the service then has its version and its target group', async () => {
    const before = blue();
    const id = green();
    await scene.settled();
    scene.ecs.setPrimaryTaskSet(id);
    expect(scene.ecs.taskSet(id)!.status).toBe('PRIMARY');
    expect(scene.ecs.taskSet(before)!.status).toBe('ACTIVE');
    const service = scene.ecs.service('slipway-staging', 'news')!;
    expect(service.taskDefinition).toMatch(/:2$/);
    expect(service.loadBalancers[0]!.targetGroupArn).toBe(GREEN);
  });

  test('removes blue: deregistered first, SIGTERM only when drained, gone when stopped', async () => {
    const before = blue();
    const id = green();
    await scene.settled();
    scene.ecs.setPrimaryTaskSet(id);
    scene.targets.drainsAtOnce = false;
    scene.ecs.deleteTaskSet(before);
    await scene.pass(10_000);
    expect(scene.targets.targetHealth(BLUE).map(each => each.state)).toEqual(['draining', 'draining']);
    expect(scene.runtime.signals).toEqual([]);
    expect(scene.ecs.taskSet(before)).toMatchObject({ status: 'DRAINING', desired: 0 });
    scene.targets.drained();
    await scene.pass(1000);
    expect(scene.runtime.signals.every(each => each.startsWith('SIGTERM'))).toBe(true);
    expect(scene.runtime.signals).toHaveLength(2);
    expect(scene.ecs.taskSet(before)).toBeUndefined();
    expect(scene.ecs.taskSet(id)).toMatchObject({ running: 2 });
  });

  test('never removes the primary task set', () => {
    expect(() => scene.ecs.deleteTaskSet(blue())).toThrow(/primary/);
  });

  test('rounds a part of the desired count up', async () => {
    const id = green({ scalePercent: 30 });
    await scene.settled();
    expect(scene.ecs.taskSet(id)).toMatchObject({ desired: 1, running: 1, stabilityStatus: 'STEADY_STATE' });
  });

  test('counts the failures of green apart from blue', async () => {
    scene.runtime.refuses = 'the process runtime has no "nginx"';
    const id = green();
    await scene.pass(2000);
    expect(scene.ecs.taskSet(id)!.failedTasks).toBeGreaterThan(2);
    expect(scene.ecs.taskSet(id)!.lastFailure!.reason).toMatch(/CannotStartContainerError: .*nginx/);
    expect(scene.ecs.taskSet(blue())).toMatchObject({ failedTasks: 0, running: 2 });
  });

  test('fails its tasks when its target group is not there', async () => {
    const id = green({ targetGroupArn: 'arn:missing' });
    await scene.pass(1000);
    expect(scene.ecs.taskSet(id)!.lastFailure!.reason).toBe(
      'unable to register target: Target groups not found',
    );
  });

  test('needs a service, a revision and a port that exist', () => {
    expect(() => green({ token: 'a', service: 'none' })).toThrow('Service not found.');
    expect(() => green({ token: 'b', taskDefinition: 'none:1' })).toThrow(
      /Unable to describe task definition/,
    );
    expect(() => green({ token: 'c', containerPort: 80 })).toThrow(/container port 80/);
  });
});
