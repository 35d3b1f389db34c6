import { afterEach, describe, expect, test } from '@jest/globals';
import { BLUE } from './test-properties.ts';
import { openStaging, openSteady, type Scene } from './test-scene.ts';

let scene: Scene;
afterEach(async () => {
  const { errors } = scene;
  await scene.close();
  expect(errors).toEqual([]);
});

const cluster = 'slipway-staging';
const list = (over = {}) => scene.call('ListTasks', { cluster, ...over }).taskArns as string[];
const describeTask = (arn: string) => scene.call('DescribeTasks', { cluster, tasks: [arn] }).tasks[0];
const statesOf = (arn: string) =>
  scene.store.events
    .after(0, 10_000)
    .filter(each => each.resources.includes(arn))
    .map(each => `${each.detail.lastStatus}/${each.detail.desiredStatus}`);

describe('the life of a task', () => {
  test('goes through the states of AWS, each told as an event', async () => {
    scene = await openSteady({ DesiredCount: 1 });
    const [arn] = list();
    scene.call('UpdateService', { cluster, service: 'news', desiredCount: 0 });
    await scene.settled();
    expect(statesOf(arn!)).toEqual([
      'PROVISIONING/RUNNING',
      'PENDING/RUNNING',
      'ACTIVATING/RUNNING',
      'RUNNING/RUNNING',
      'RUNNING/STOPPED',
      'DEACTIVATING/STOPPED',
      'STOPPING/STOPPED',
      'STOPPED/STOPPED',
    ]);
    expect(describeTask(arn!)).toMatchObject({
      lastStatus: 'STOPPED',
      stopCode: 'ServiceSchedulerInitiated',
      containers: [{ exitCode: 0 }],
    });
    scene.clock.advance(3_600_000);
    await scene.restart();
    expect(scene.call('DescribeTasks', { cluster, tasks: [arn] }).failures).toHaveLength(1);
  });

  test('gets its address, its role and its metadata, and shows them as AWS does', async () => {
    scene = await openSteady({ DesiredCount: 1 });
    const [spec] = scene.runtime.started;
    expect(spec).toMatchObject({
      name: 'news',
      memoryMiB: 512,
      environment: {
        PORT: '3000',
        AWS_EXECUTION_ENV: 'AWS_ECS_FARGATE',
        AWS_ACCESS_KEY_ID: `arn:aws:iam::123456789012:role/slipway-news-staging-task ${spec!.taskId}`,
        ECS_CONTAINER_METADATA_URI_V4: expect.stringMatching(
          /^http:\/\/127\.0\.0\.1:4566\/_ecs\/v4\/[0-9a-f]{32}$/,
        ),
      },
    });
    const { address } = spec!.placement;
    expect(describeTask(list()[0]!)).toMatchObject({
      group: 'service:news',
      attachments: [{ status: 'ATTACHED', details: [{}, { name: 'privateIPv4Address', value: address }] }],
      containers: [
        { imageDigest: `sha256:${'a'.repeat(64)}`, networkInterfaces: [{ privateIpv4Address: address }] },
      ],
    });
    expect(scene.targets.log).toEqual([`register ${address}:3000`]);
  });

  test('that does not hear SIGTERM ends with SIGKILL after its stop timeout', async () => {
    scene = await openSteady({ DesiredCount: 1 });
    scene.runtime.hearsSigterm = false;
    const [arn] = list();
    scene.call('StopTask', { cluster, task: arn, reason: 'by hand' });
    await scene.pass(59_000);
    expect(scene.runtime.signals.map(each => each.split(' ')[0])).toEqual(['SIGTERM']);
    await scene.pass(2000);
    expect(scene.runtime.signals.map(each => each.split(' ')[0])).toEqual(['SIGTERM', 'SIGKILL']);
    expect(describeTask(arn!)).toMatchObject({
      lastStatus: 'STOPPED',
      stopCode: 'UserInitiated',
      stoppedReason: 'by hand',
      containers: [{ exitCode: 137 }],
    });
    expect(scene.ecs.service(cluster, 'news')!.taskSets[0]!.failedTasks).toBe(0);
    expect(list()).toHaveLength(1);
  });

  test('goes on over a restart of the engine: nothing is started or registered twice', async () => {
    scene = await openSteady();
    const before = list();
    await scene.restart();
    await scene.pass(5000);
    expect(list()).toEqual(before);
    expect(scene.runtime.started).toHaveLength(2);
    expect(scene.targets.log).toHaveLength(2);
  });

  test('that ended while no engine ran is replaced by the next one', async () => {
    scene = await openSteady({ DesiredCount: 1 });
    const [arn] = list();
    scene.runtime.onExit(() => {});
    scene.runtime.exit(arn!.split('/').at(-1)!, 'news', 9);
    await scene.restart();
    expect(describeTask(arn!)).toMatchObject({ lastStatus: 'STOPPED', containers: [{ exitCode: 9 }] });
    expect(list()).toHaveLength(1);
    expect(scene.targets.targetHealth(BLUE)).toHaveLength(1);
  });
});

describe('a task on its own', () => {
  test('runs once with its overrides, for one client token, and is not replaced', async () => {
    scene = await openStaging();
    const input = {
      cluster,
      taskDefinition: 'slipway-news-staging',
      clientToken: 'one',
      overrides: {
        containerOverrides: [
          { name: 'news', command: ['node', 'job.js'], environment: [{ name: 'PORT', value: '80' }] },
        ],
      },
    };
    const { tasks } = scene.call('RunTask', input);
    expect(scene.call('RunTask', input).tasks[0].taskArn).toBe(tasks[0].taskArn);
    await scene.settled();
    expect(scene.runtime.started).toMatchObject([
      { command: ['node', 'job.js'], environment: { PORT: '80' } },
    ]);
    scene.runtime.exit(tasks[0].taskArn.split('/').at(-1), 'news', 0);
    await scene.pass(5000);
    expect(list()).toEqual([]);
    expect(list({ desiredStatus: 'STOPPED' })).toEqual([tasks[0].taskArn]);
    expect(() => scene.call('RunTask', { ...input, clientToken: 'b', count: 0 })).toThrow(/count/);
  });

  test('of several containers starts them in the order of their dependencies and ends with its essential one', async () => {
    scene = await openStaging();
    const image = 'registry/image:1';
    scene.ecs.registerTaskDefinition({
      family: 'several',
      containerDefinitions: [
        { name: 'app', image, dependsOn: [{ containerName: 'migrate', condition: 'SUCCESS' }] },
        { name: 'migrate', image, essential: false },
        { name: 'log', image, essential: false, dependsOn: [{ containerName: 'app', condition: 'START' }] },
      ],
    });
    const { tasks } = scene.call('RunTask', { cluster, taskDefinition: 'several' });
    const id = tasks[0].taskArn.split('/').at(-1);
    await scene.settled();
    expect(scene.runtime.started.map(each => each.name)).toEqual(['migrate']);
    scene.runtime.exit(id, 'migrate', 0);
    await scene.settled();
    expect(scene.runtime.started.map(each => each.name)).toEqual(['migrate', 'app', 'log']);
    expect(describeTask(tasks[0].taskArn).lastStatus).toBe('RUNNING');
    scene.runtime.exit(id, 'app', 3);
    await scene.settled();
    expect(describeTask(tasks[0].taskArn)).toMatchObject({
      lastStatus: 'STOPPED',
      containers: [{ name: 'app', exitCode: 3 }, { name: 'migrate', exitCode: 0 }, { name: 'log' }],
    });
    expect(scene.runtime.signals).toEqual([`SIGTERM ${id}/log`]);
  });

  test('gets the values of its secrets, and addresses of this machine for names of the network', async () => {
    scene = await openStaging({
      Environment: [{ Name: 'SERVICE_USER_URL', Value: 'http://staging.internal/users' }],
      Secrets: [{ Name: 'KEY', ValueFrom: 'arn:of:key' }],
    });
    scene.ports.secrets = { value: async valueFrom => `value of ${valueFrom}` };
    scene.ports.localAddress = url => url.replace('staging.internal', '127.0.0.1:8081');
    scene.call('RunTask', { cluster, taskDefinition: 'slipway-news-staging' });
    await scene.settled();
    expect(scene.runtime.started).toMatchObject([
      { environment: { KEY: 'value of arn:of:key', SERVICE_USER_URL: 'http://127.0.0.1:8081/users' } },
    ]);
    expect(JSON.stringify(scene.store.events.after(0, 10_000))).not.toContain('value of');
  });

  test('finds a sidecar at its own address, which stands for the loopback address that they share in AWS', async () => {
    scene = await openStaging();
    const image = 'registry/image:1';
    const environment = [
      { name: 'CONTAINER_FEED', value: '127.0.0.1:3001' },
      { name: 'FEED_URL', value: 'http://localhost:3001/ticks' },
      { name: 'ELSEWHERE', value: 'http://127.0.0.1:9999/ and 10.127.0.0.1:3001' },
    ];
    scene.ecs.registerTaskDefinition({
      family: 'two',
      containerDefinitions: [
        { name: 'app', image, environment, portMappings: [{ containerPort: 3000 }] },
        { name: 'feed', image, command: ['node', 'feed.js'], portMappings: [{ containerPort: 3001 }] },
      ],
    });
    scene.call('RunTask', { cluster, taskDefinition: 'two' });
    await scene.settled();
    const [app, feed] = scene.runtime.started;
    const { address } = app!.placement;
    expect(app!.placement.ports).toEqual({ 3000: 3000 });
    expect(feed!.placement).toEqual({ address, ports: { 3001: 3001 } });
    expect(app!.environment).toMatchObject({
      CONTAINER_FEED: `${address}:3001`,
      FEED_URL: `http://${address}:3001/ticks`,
      ELSEWHERE: 'http://127.0.0.1:9999/ and 10.127.0.0.1:3001',
    });
  });

  test('with a secret that is not there does not start, and tells its name', async () => {
    scene = await openStaging({ Secrets: [{ Name: 'KEY', ValueFrom: 'arn:of:key' }] });
    scene.ports.secrets = {
      value: async valueFrom => {
        throw new Error(`failed to fetch secret ${valueFrom}`);
      },
    };
    const { tasks } = scene.call('RunTask', { cluster, taskDefinition: 'slipway-news-staging' });
    await scene.settled();
    expect(describeTask(tasks[0].taskArn)).toMatchObject({
      lastStatus: 'STOPPED',
      stopCode: 'TaskFailedToStart',
      stoppedReason:
        'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: failed to fetch secret arn:of:key',
    });
  });

  test('with secrets that nobody can read does not start, and says so', async () => {
    scene = await openStaging({ Secrets: [{ Name: 'KEY', ValueFrom: 'arn:aws:ssm:…' }] });
    const { tasks } = scene.call('RunTask', { cluster, taskDefinition: 'slipway-news-staging' });
    await scene.settled();
    expect(describeTask(tasks[0].taskArn)).toMatchObject({
      lastStatus: 'STOPPED',
      stopCode: 'TaskFailedToStart',
      stoppedReason: 'ResourceInitializationError: secrets are not carried out locally yet',
    });
  });
});
