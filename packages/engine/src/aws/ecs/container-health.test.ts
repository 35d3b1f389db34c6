import { afterEach, describe, expect, test } from '@jest/globals';
import { serviceProperties } from './test-properties.ts';
import { openScene, openStaging, type Scene } from './test-scene.ts';

let scene: Scene;
afterEach(async () => {
  const { errors } = scene;
  await scene.close();
  expect(errors).toEqual([]);
});

const cluster = 'slipway-staging';
const image = 'registry/image:1';
const healthCheck = { command: ['CMD', 'node', 'health.js'], interval: 30, retries: 2, timeout: 5 };
const list = (over = {}) => scene.call('ListTasks', { cluster, ...over }).taskArns as string[];
const describeTask = (arn: string) => scene.call('DescribeTasks', { cluster, tasks: [arn] }).tasks[0];
const healthIn = (arn: string) => {
  const { healthStatus, containers } = describeTask(arn);
  return [healthStatus, ...containers.map((each: { healthStatus: string }) => each.healthStatus)];
};

/** A service `news` of one task, with a sidecar `feed` that has a health check. */
async function openWithFeed({ feed = {}, app = {}, checks = healthCheck }: Record<string, object> = {}) {
  scene = await openStaging();
  scene.ecs.registerTaskDefinition({
    family: 'slipway-news-staging',
    containerDefinitions: [
      { name: 'news', image, portMappings: [{ containerPort: 3000 }], healthCheck: checks, ...app },
      { name: 'feed', image, portMappings: [{ containerPort: 3001 }], healthCheck: checks, ...feed },
    ],
  });
}

async function createService(): Promise<string> {
  const created = scene.create('AWS::ECS::Service', serviceProperties({ DesiredCount: 1 }));
  created.catch(() => {});
  await scene.settled();
  return list()[0]!;
}

describe('a health check', () => {
  test('is begun an interval after the start, and makes container and task HEALTHY', async () => {
    await openWithFeed();
    const arn = await createService();
    expect(healthIn(arn)).toEqual(['UNKNOWN', 'UNKNOWN', 'UNKNOWN']);
    expect(scene.runtime.checks.started).toEqual([]);
    await scene.pass(1000);
    expect(scene.runtime.checks.started.sort()).toEqual(['feed 1', 'news 1']);
    expect(healthIn(arn)).toEqual(['HEALTHY', 'HEALTHY', 'HEALTHY']);
  });

  test('runs at its own interval once the container is well, whatever the speed', async () => {
    await openWithFeed();
    await createService();
    await scene.pass(90_000);
    expect(scene.runtime.checks.started.filter(each => each.startsWith('feed'))).toHaveLength(3);
  });

  test('finds its container at the address of the task', async () => {
    await openWithFeed({
      feed: { healthCheck: { command: ['CMD', 'node', 'health.js', '127.0.0.1:3001'] } },
    });
    await createService();
    const feed = scene.runtime.started.find(({ name }) => name === 'feed')!;
    expect(feed.healthCheck).toEqual(['CMD', 'node', 'health.js', `${feed.placement.address}:3001`]);
  });

  test('that fails as often as it may be tried again ends the task of a service, which is replaced', async () => {
    await openWithFeed();
    scene.runtime.checks.answers.feed = 1;
    const arn = await createService();
    await scene.pass(2000);
    expect(describeTask(arn)).toMatchObject({
      lastStatus: 'STOPPED',
      stopCode: 'ServiceSchedulerInitiated',
      stoppedReason: 'Task failed container health checks',
      healthStatus: 'UNHEALTHY',
    });
    expect(list()).not.toContain(arn);
    expect(list()).toHaveLength(1);
    const [set] = scene.ecs.service(cluster, 'news')!.taskSets;
    expect(set!.lastFailure?.reason).toContain('the health check of container feed says: it is ill');
    scene.runtime.checks.answers.feed = 0;
    await scene.pass(2000);
    expect(healthIn(list()[0]!)).toEqual(['HEALTHY', 'HEALTHY', 'HEALTHY']);
  });

  test('that takes longer than its timeout is killed and counts as failed', async () => {
    await openWithFeed({ checks: { ...healthCheck, retries: 1 } });
    scene.runtime.checks.answers.feed = 'hangs';
    const arn = await createService();
    await scene.pass(5000);
    expect(healthIn(arn)[2]).toBe('UNKNOWN');
    await scene.pass(2000);
    const [set] = scene.ecs.service(cluster, 'news')!.taskSets;
    expect(set!.lastFailure?.reason).toContain('container feed says: it took longer than 5 s');
  });

  test('does not count while its container starts, unless it succeeds', async () => {
    await openWithFeed({ checks: { ...healthCheck, startPeriod: 20, retries: 1 } });
    scene.runtime.checks.answers.feed = 1;
    const arn = await createService();
    await scene.pass(15_000);
    expect(scene.runtime.checks.started.length).toBeGreaterThan(5);
    expect(describeTask(arn).lastStatus).toBe('RUNNING');
    await scene.pass(6000);
    expect(describeTask(arn).lastStatus).toBe('STOPPED');
  });

  test('of a container that is not essential is only shown', async () => {
    await openWithFeed({ feed: { essential: false } });
    scene.runtime.checks.answers.feed = 1;
    const arn = await createService();
    await scene.pass(5000);
    expect(healthIn(arn)).toEqual(['HEALTHY', 'HEALTHY', 'UNHEALTHY']);
    expect(describeTask(arn).lastStatus).toBe('RUNNING');
  });

  test('ends no task that was run by hand', async () => {
    await openWithFeed();
    scene.runtime.checks.answers.feed = 1;
    const { tasks } = scene.call('RunTask', { cluster, taskDefinition: 'slipway-news-staging' });
    await scene.pass(5000);
    expect(healthIn(tasks[0].taskArn)).toEqual(['UNHEALTHY', 'HEALTHY', 'UNHEALTHY']);
    expect(describeTask(tasks[0].taskArn).lastStatus).toBe('RUNNING');
  });

  test('that is under way when the engine is killed is the same one for the next engine', async () => {
    await openWithFeed();
    scene.runtime.checks.answers.feed = 'hangs';
    const arn = await createService();
    await scene.pass(1000);
    await scene.restart();
    await scene.pass(3000);
    expect(scene.runtime.checks.started.filter(each => each === 'feed 1')).toHaveLength(1);
    scene.runtime.checks.answers.feed = 0;
    await scene.pass(4000);
    expect(healthIn(arn)[2]).toBe('HEALTHY');
  });
});

describe('a container that waits for another to be HEALTHY', () => {
  const dependsOn = [{ containerName: 'feed', condition: 'HEALTHY' }];

  test('starts when it is', async () => {
    await openWithFeed({ app: { dependsOn, healthCheck: undefined } });
    const { tasks } = scene.call('RunTask', { cluster, taskDefinition: 'slipway-news-staging' });
    await scene.settled();
    expect(scene.runtime.started.map(({ name }) => name)).toEqual(['feed']);
    await scene.pass(1000);
    expect(scene.runtime.started.map(({ name }) => name)).toEqual(['feed', 'news']);
    expect(describeTask(tasks[0].taskArn).lastStatus).toBe('RUNNING');
  });

  test('does not wait for ever: the task fails and says what the other waits for', async () => {
    await openWithFeed({ app: { dependsOn }, feed: { startTimeout: 30, essential: false } });
    scene.runtime.checks.answers.feed = 1;
    const { tasks } = scene.call('RunTask', { cluster, taskDefinition: 'slipway-news-staging' });
    await scene.pass(29_000);
    expect(describeTask(tasks[0].taskArn).lastStatus).toBe('PENDING');
    await scene.pass(2000);
    expect(describeTask(tasks[0].taskArn)).toMatchObject({
      lastStatus: 'STOPPED',
      stopCode: 'TaskFailedToStart',
      stoppedReason: 'container news waits for feed to be HEALTHY: it is ill',
    });
  });

  test('or to succeed fails at once when that one fails', async () => {
    scene = openScene();
    await scene.create('AWS::ECS::Cluster', { ClusterName: cluster });
    scene.ecs.registerTaskDefinition({
      family: 'several',
      containerDefinitions: [
        { name: 'app', image, dependsOn: [{ containerName: 'migrate', condition: 'SUCCESS' }] },
        { name: 'migrate', image, essential: false },
      ],
    });
    const { tasks } = scene.call('RunTask', { cluster, taskDefinition: 'several' });
    await scene.settled();
    scene.runtime.exit(tasks[0].taskArn.split('/').at(-1), 'migrate', 3);
    await scene.settled();
    expect(describeTask(tasks[0].taskArn).stoppedReason).toBe(
      'container app waits for migrate to be SUCCESS: it exited with 3',
    );
  });
});
