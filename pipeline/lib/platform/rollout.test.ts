import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { zipOf } from '../testing/zip.ts';

// biome-ignore lint/suspicious/noExplicitAny: inputs and answers as AWS names them
type Json = any;

const rollout: (event: unknown) => Promise<void> = createRequire(import.meta.url)(
  '../../functions/rollout.cjs',
).handler;

const FAMILY = 'slipway-news-production';
const arn = (revision: number) => `arn:aws:ecs:r:1:task-definition/${FAMILY}:${revision}`;
const group = (colour: string) => `arn:aws:elasticloadbalancing:r:1:targetgroup/news-production-${colour}/1`;
const IMAGE = '1.dkr.ecr.r.amazonaws.com/slipway/news@sha256:aaaa';

/** A small ECS: one service, the revisions of one family, and the deployments that there were. */
let ecs: {
  service: Json | undefined;
  revisions: Json[];
  deployments: Json[];
  registered: Json[];
  deregistered: string[];
  updates: Json[];
};
let results: [string, Json][];
let deploymentInfo: Json;
let served: string;
let signedBy: Set<string>;
let failing: { operation: string; status: number } | undefined;
let server: Server;
const saved = { ...process.env };

const definition = (image: string, commit?: string): Json => ({
  ...{ family: FAMILY, cpu: '256', memory: '512' },
  containerDefinitions: [
    { name: 'news', image, environment: commit ? [{ name: 'SLIPWAY_COMMIT', value: commit }] : [] },
  ],
});
const revision = (number: number, of: Json, status = 'ACTIVE'): Json => ({
  ...{ ...of, taskDefinitionArn: arn(number), revision: number, status, compatibilities: ['FARGATE'] },
});

beforeEach(async () => {
  jest.spyOn(console, 'log').mockImplementation(() => {}); // the function's own log
  results = [];
  deploymentInfo = { status: 'InProgress' };
  served = 'green';
  signedBy = new Set();
  failing = undefined;
  ecs = {
    service: {
      ...{ status: 'ACTIVE', serviceName: 'news', taskDefinition: arn(2), taskSets: [], loadBalancers: [{}] },
      deployments: [{ status: 'PRIMARY', taskDefinition: arn(2), rolloutState: 'COMPLETED' }],
      events: [{ message: '(service news) second' }, { message: '(service news) first' }],
    },
    revisions: [revision(1, definition('seed')), revision(2, definition('image:2', 'c2'))],
    ...{ deployments: [], registered: [], deregistered: [], updates: [] },
  };
  server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString();
    const key = /Credential=([^/]+)\//.exec(String(request.headers.authorization))?.[1] ?? '';
    if (request.url?.startsWith('/artifacts/')) {
      signedBy.add(`s3 by ${key}`);
      return response.end(artifact());
    }
    const operation = String(request.headers['x-amz-target'] ?? '').split('.')[1];
    if (!operation) {
      const role = new URLSearchParams(body).get('RoleArn');
      const given = `<AccessKeyId>${role}</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>`;
      const result = `<AssumeRoleResult><Credentials>${given}</Credentials></AssumeRoleResult>`;
      return response.end(`<AssumeRoleResponse>${result}</AssumeRoleResponse>`);
    }
    if (String(request.headers['x-amz-target']).startsWith('AmazonEC2Container'))
      signedBy.add(`ecs by ${key}`);
    const isFailing = failing?.operation === operation;
    response.writeHead(isFailing ? failing!.status : 200, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(
      JSON.stringify(isFailing ? { __type: 'Refused', message: 'no' } : answer(operation, JSON.parse(body))),
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  process.env.AWS_ENDPOINT_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  process.env.AWS_REGION = 'ap-northeast-1';
  process.env.AWS_ACCESS_KEY_ID = 'FUNCTION';
  process.env.AWS_SECRET_ACCESS_KEY = 'secret';
  process.env.AWS_MAX_ATTEMPTS = '1';
});

afterEach(() => {
  process.env = { ...saved };
  jest.restoreAllMocks();
  server.closeAllConnections();
  server.close();
});

function artifact(): Buffer {
  return zipOf({
    'imageDetail.json': JSON.stringify({ ImageURI: IMAGE }),
    'production/taskdef.json': JSON.stringify(definition('<IMAGE1_NAME>', 'c3')),
    'production/seed.json': JSON.stringify(definition('seed')),
  });
}

function answer(operation: string, input: Json): Json {
  const find = (name: string) => ecs.revisions.find(each => each.taskDefinitionArn === name);
  switch (operation) {
    case 'DescribeServices':
      return { services: ecs.service ? [ecs.service] : [] };
    case 'ListTaskDefinitions': {
      const active = ecs.revisions.filter(each => each.status === 'ACTIVE');
      return { taskDefinitionArns: active.map(each => each.taskDefinitionArn).reverse() };
    }
    case 'DescribeTaskDefinition':
      return { taskDefinition: find(input.taskDefinition), tags: [{ key: 'slipway:commit', value: 'c2' }] };
    case 'RegisterTaskDefinition': {
      ecs.registered.push(input);
      const made = revision(ecs.revisions.length + 1, input);
      ecs.revisions.push(made);
      return { taskDefinition: made };
    }
    case 'DeregisterTaskDefinition':
      ecs.deregistered.push(input.taskDefinition);
      find(input.taskDefinition).status = 'INACTIVE';
      return {};
    case 'UpdateService':
      ecs.updates.push(input);
      return {};
    case 'ListServiceDeployments':
      return { serviceDeployments: ecs.deployments };
    case 'DescribeServiceRevisions':
      return {
        serviceRevisions: input.serviceRevisionArns.map((serviceRevisionArn: string) => ({
          serviceRevisionArn,
          taskDefinition: serviceRevisionArn.replace('rev:', ''),
          loadBalancers: [{ targetGroupArn: group(served) }],
        })),
      };
    case 'GetDeployment':
      return { deploymentInfo };
    case 'CreateDeployment':
      results.push([operation, input]);
      return { deploymentId: 'd-1' };
    default:
      results.push([operation, input]);
      return {};
  }
}

async function call(step: 'prepare' | 'release', more: { token?: Json; strategy?: string } = {}) {
  const { token, strategy = 'canary' } = more;
  const parameters = {
    ...{ step, service: 'news', region: 'ap-northeast-1', cluster: 'slipway-production', family: FAMILY },
    ...{ blue: 'news-production-blue', strategy, role: 'arn:aws:iam::1:role/release', folder: 'production' },
  };
  const s3Location = { bucketName: 'artifacts', objectKey: 'news/Release/1' };
  await rollout({
    'CodePipeline.job': {
      id: 'job-1',
      data: {
        actionConfiguration: { configuration: { UserParameters: JSON.stringify(parameters) } },
        inputArtifacts: [{ name: 'Release', location: { s3Location } }],
        artifactCredentials: { accessKeyId: 'ARTIFACT', secretAccessKey: 's', sessionToken: 't' },
        ...(token && { continuationToken: JSON.stringify(token) }),
      },
    },
  });
  const [operation, input] = results.at(-1)!;
  if (operation === 'PutJobFailureResult') return { failed: input.failureDetails.message as string };
  const { continuationToken, executionDetails } = input;
  return {
    said: executionDetails.summary as string,
    ...(continuationToken && { next: JSON.parse(continuationToken) }),
  };
}

describe('before the stack', () => {
  test('a service that is not there yet gets its seed, as the only one whose template names a family', async () => {
    ecs.service = undefined;
    ecs.revisions = [];
    expect(await call('prepare')).toEqual({
      said: 'news is not in slipway-production yet: it begins with its seed.',
    });
    expect(ecs.registered).toEqual([definition('seed')]);
    await call('prepare');
    expect(ecs.registered).toHaveLength(1);
  });

  test('a service that comes back begins with its seed, not with an old release', async () => {
    ecs.service = undefined;
    await call('prepare');
    expect(ecs.registered).toEqual([definition('seed')]);
  });

  test('what never went live, or was taken back, is no longer the newest revision', async () => {
    ecs.revisions.push(revision(3, definition('image:3', 'c3')), revision(4, definition('image:4', 'c4')));
    expect((await call('prepare')).said).toContain(
      `${FAMILY}:2 runs and is the newest revision; newer ones that do not run are deregistered`,
    );
    expect(ecs.deregistered.sort()).toEqual([arn(3), arn(4)]);
    expect(ecs.registered).toEqual([]);
  });

  test('what runs is registered again when somebody deregistered it', async () => {
    ecs.revisions[1].status = 'INACTIVE';
    await call('prepare');
    expect(ecs.registered).toEqual([
      { ...definition('image:2', 'c2'), tags: [{ key: 'slipway:commit', value: 'c2' }] },
    ]);
  });

  test('another deployment is waited for', async () => {
    ecs.service.deployments.unshift({
      status: 'PRIMARY',
      taskDefinition: arn(3),
      rolloutState: 'IN_PROGRESS',
    });
    expect(await call('prepare')).toEqual({ said: 'Another deployment of news has to end first.', next: {} });
    expect(ecs.deregistered).toEqual([]);
  });

  describe('a service that comes from CodeDeploy', () => {
    const set = (colour: string) => ({
      ...{ status: 'PRIMARY', taskDefinition: arn(2), platformVersion: 'LATEST' },
      loadBalancers: [{ targetGroupArn: group(colour), containerName: 'news', containerPort: 3000 }],
      capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 1, base: 0 }],
    });
    const serve = (...colours: string[]) => {
      ecs.service.taskSets = colours.map(set);
    };
    beforeEach(() => {
      ecs.service = { ...ecs.service, deploymentController: { type: 'CODE_DEPLOY' }, deployments: [] };
    });

    test('moves while blue has the traffic', async () => {
      serve('blue');
      expect((await call('prepare')).said).toContain(`${FAMILY}:2 runs`);
      expect(results.map(([operation]) => operation)).toEqual(['PutJobSuccessResult']);
    });

    test('is deployed once more by CodeDeploy where green has it, with its capacity, and waits until green is gone', async () => {
      serve('green');
      const { next } = await call('prepare');
      expect(next).toEqual({ swap: 'd-1' });
      const [, { revision: given, ...deployment }] = results[0]!;
      expect(deployment).toMatchObject({
        ...{ applicationName: FAMILY, deploymentConfigName: 'CodeDeployDefault.ECSAllAtOnce' },
      });
      const [{ TargetService }] = JSON.parse(given.appSpecContent.content).Resources;
      expect(TargetService.Properties).toEqual({
        TaskDefinition: arn(2),
        LoadBalancerInfo: { ContainerName: 'news', ContainerPort: 3000 },
        PlatformVersion: 'LATEST',
        CapacityProviderStrategy: [{ CapacityProvider: 'FARGATE_SPOT', Base: 0, Weight: 1 }],
      });
      serve('blue', 'green');
      expect((await call('prepare', { token: next })).next).toEqual(next);
      serve('blue');
      expect((await call('prepare', { token: next })).said).toContain(`${FAMILY}:2 runs`);
    });

    test('does not move when that fails, or when CodeDeploy is at work', async () => {
      serve('green', 'blue');
      expect((await call('prepare')).failed).toContain('still being deployed by CodeDeploy');
      serve('green');
      const token = { swap: 'd-1' };
      expect((await call('prepare', { token })).failed).toContain('still not served by news-production-blue');
      deploymentInfo = { status: 'Failed', errorInformation: { message: 'it crashed' } };
      expect((await call('prepare', { token })).failed).toContain('(d-1): it crashed');
    });
  });

  test('a service that gives up its second colour while green has the traffic is deployed once more', async () => {
    ecs.service.loadBalancers = [{ advancedConfiguration: {} }];
    ecs.service.currentServiceRevisions = [{ arn: `rev:${arn(2)}` }];
    expect((await call('prepare')).said).toContain('runs');
    const { next } = await call('prepare', { strategy: 'rolling' });
    expect(next).toEqual({ swap: 'by ECS' });
    expect(ecs.updates).toEqual([
      { cluster: 'slipway-production', service: 'news', forceNewDeployment: true },
    ]);
    served = 'blue';
    expect((await call('prepare', { strategy: 'rolling', token: next })).said).toContain('runs');
  });
});

describe('behind the stack', () => {
  const token = { taskDefinition: arn(3), looks: 0 };
  const deployment = (status: string, of = 3, statusReason = '') => ({
    ...{ targetServiceRevisionArn: `rev:${arn(of)}`, createdAt: of, status, statusReason },
  });
  const released = () => ecs.revisions.push(revision(3, definition(IMAGE, 'c3')));

  test('the release is registered with its image, and deployed', async () => {
    expect(await call('release')).toEqual({ said: `ECS deploys ${FAMILY}:3.`, next: token });
    expect(ecs.registered).toEqual([definition(IMAGE, 'c3')]);
    expect(ecs.updates).toEqual([{ cluster: 'slipway-production', service: 'news', taskDefinition: arn(3) }]);
  });

  test('the same job asked twice registers once', async () => {
    await call('release');
    await call('release');
    expect(ecs.registered).toHaveLength(1);
  });

  test('nothing is deployed that runs already', async () => {
    released();
    ecs.service.taskDefinition = arn(3);
    expect(await call('release')).toEqual({ said: `${FAMILY}:3 runs already.` });
    expect(ecs.updates).toEqual([]);
  });

  test('the action goes on until ECS has rolled it out', async () => {
    released();
    ecs.deployments = [deployment('SUCCESSFUL', 2)];
    expect((await call('release', { token })).next).toEqual({ ...token, looks: 1 });
    for (const status of ['PENDING', 'IN_PROGRESS', 'ROLLBACK_IN_PROGRESS']) {
      ecs.deployments = [deployment('SUCCESSFUL', 2), deployment(status)];
      expect(await call('release', { token })).toEqual({ said: `${FAMILY}:3: ${status}`, next: token });
    }
    ecs.deployments = [deployment('SUCCESSFUL')];
    expect(await call('release', { token })).toEqual({ said: `${FAMILY}:3 is live.` });
    expect(ecs.deregistered).toEqual([]);
  });

  test.each([
    ['ROLLBACK_SUCCESSFUL', 'was taken back'],
    ['ROLLBACK_FAILED', 'was taken back'],
    ['STOPPED', 'was stopped'],
  ])(
    'what ended %s fails with what ECS said, and never becomes what a stack update takes',
    async (status, words) => {
      released();
      ecs.deployments = [deployment(status, 3, 'tasks failed to start')];
      expect((await call('release', { token })).failed).toBe(
        `${FAMILY}:3 ${words} (${status}): tasks failed to start\n(service news) first\n(service news) second`,
      );
      expect(ecs.deregistered).toEqual([arn(3)]);
    },
  );

  test('a release into a place without the service says what has to come first', async () => {
    ecs.service = undefined;
    expect((await call('release')).failed).toContain('its stack has to be deployed first');
  });

  test('works on the service with its own release role, and reads the artifact as the job allows', async () => {
    await call('release');
    expect([...signedBy].sort()).toEqual(['ecs by arn:aws:iam::1:role', 's3 by ARTIFACT'].sort());
  });

  test('a fault of AWS is left to Lambda, which calls again', async () => {
    failing = { operation: 'DescribeServices', status: 500 };
    await expect(call('release')).rejects.toThrow('no');
    expect(results).toEqual([]);
    failing = { operation: 'UpdateService', status: 400 };
    expect((await call('release')).failed).toBe('no');
  });
});
