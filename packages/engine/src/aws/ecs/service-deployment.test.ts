import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { serviceProperties, taskDefinitionProperties } from './test-properties.ts';
import { openSteady, type Scene } from './test-scene.ts';

const WHERE = { cluster: 'slipway-staging', service: 'news' };
const breaker = { DeploymentCircuitBreaker: { Enable: true, Rollback: true }, MaximumPercent: 200 };
const rolling = {
  DeploymentController: { Type: 'ECS' },
  TaskDefinition: 'slipway-news-staging',
  DeploymentConfiguration: breaker,
};

let scene: Scene;
beforeEach(async () => {
  scene = await openSteady(rolling);
});
afterEach(async () => {
  const { errors } = scene;
  await scene.close();
  expect(errors).toEqual([]);
});

const described = () =>
  scene.call('DescribeServices', { cluster: WHERE.cluster, services: ['news'] }).services[0];
const listed = (more: object = {}) =>
  scene.call('ListServiceDeployments', { ...WHERE, ...more }).serviceDeployments;
const statuses = () => listed().map((each: { status: string }) => each.status);
const revisionOf = (deployment: { targetServiceRevisionArn: string }) =>
  scene
    .call('DescribeServiceRevisions', { serviceRevisionArns: [deployment.targetServiceRevisionArn] })
    .serviceRevisions[0].taskDefinition.slice(-2);
const running = () => scene.call('ListTasks', { cluster: WHERE.cluster }).taskArns as string[];

async function release(image?: string): Promise<void> {
  await scene.create(
    'AWS::ECS::TaskDefinition',
    taskDefinitionProperties(image ? { Image: image } : {}),
    image ?? 'next',
  );
  scene.call('UpdateService', { ...WHERE, taskDefinition: 'slipway-news-staging' });
}

describe('the deployments of a service that ECS controls', () => {
  test('are told from the first one on, newest first, each with the version that it brought', async () => {
    await release();
    expect(statuses()).toEqual(['IN_PROGRESS', 'SUCCESSFUL']);
    await scene.pass(5000);
    expect(statuses()).toEqual(['SUCCESSFUL', 'SUCCESSFUL']);
    expect(listed().map(revisionOf)).toEqual([':2', ':1']);
    expect(listed({ status: ['STOPPED'] })).toEqual([]);
    const [newest] = listed();
    expect(newest.serviceDeploymentArn).toMatch(/:service-deployment\/slipway-staging\/news\/[0-9a-f]{20}$/);
    const arns = [newest.serviceDeploymentArn, `${newest.serviceDeploymentArn}0`];
    const answer = scene.call('DescribeServiceDeployments', { serviceDeploymentArns: arns });
    expect(answer).toMatchObject({
      serviceDeployments: [{ status: 'SUCCESSFUL', finishedAt: expect.any(Date) }],
      failures: [{ arn: arns[1], reason: 'MISSING' }],
    });
  });

  test('one that cannot get healthy is taken back, and says why when it is', async () => {
    await release('missing');
    await scene.pass(20_000);
    expect(statuses()).toEqual(['ROLLBACK_SUCCESSFUL', 'SUCCESSFUL']);
    expect(listed()[0].statusReason).toContain('circuit breaker');
    expect(described().taskDefinition).toMatch(/:1$/);
    expect(running()).toHaveLength(2);
  });

  test('one that a newer one overtakes is stopped', async () => {
    await release('missing');
    await release('another');
    expect(statuses()).toEqual(['IN_PROGRESS', 'STOPPED', 'SUCCESSFUL']);
  });

  test('one is taken back on request while the old version still serves, and only then', async () => {
    scene.targets.becomes = 'initial';
    await release();
    const stop = () =>
      scene.call('StopServiceDeployment', {
        serviceDeploymentArn: listed()[0].serviceDeploymentArn,
        stopType: 'ROLLBACK',
      });
    await scene.pass(1000);
    scene.targets.becomes = 'healthy';
    stop();
    expect(statuses()[0]).toBe('ROLLBACK_IN_PROGRESS');
    await scene.pass(5000);
    expect(statuses()[0]).toBe('ROLLBACK_SUCCESSFUL');
    expect(described().taskDefinition).toMatch(/:1$/);
    expect(stop).toThrow('ROLLBACK_SUCCESSFUL: it cannot be stopped');
  });
});

describe('another controller', () => {
  const change = (type: string) =>
    scene.update(
      'AWS::ECS::Service',
      described().serviceArn,
      serviceProperties({
        ...rolling,
        DeploymentController: { Type: type === 'ECS' ? 'CODE_DEPLOY' : 'ECS' },
      }),
      serviceProperties({ ...rolling, DeploymentController: { Type: type } }),
      `to ${type}`,
    );

  test('takes a service over in place, with the version and the tasks that run', async () => {
    const before = running();
    await change('CODE_DEPLOY');
    expect(described()).toMatchObject({
      deploymentController: { type: 'CODE_DEPLOY' },
      taskSets: [{ status: 'PRIMARY', stabilityStatus: 'STEADY_STATE' }],
    });
    await change('ECS');
    expect(described()).toMatchObject({
      deploymentController: { type: 'ECS' },
      deployments: [{ status: 'PRIMARY', rolloutState: 'COMPLETED' }],
    });
    expect(running()).toEqual(before);
    expect(statuses()).toEqual(['SUCCESSFUL', 'SUCCESSFUL']);
    await release();
    await scene.pass(5000);
    expect(statuses()[0]).toBe('SUCCESSFUL');
    expect(running()).toHaveLength(2);
  });

  test('does not take over what is being deployed', async () => {
    scene.targets.becomes = 'initial';
    await release();
    await expect(change('CODE_DEPLOY')).rejects.toThrow('while a deployment of the service is in progress');
  });
});
