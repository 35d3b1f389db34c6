import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { openWorld, type World } from './test-world.ts';

/** Real processes on a busy machine. */
jest.setTimeout(30_000);

let world: World;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(async () => {
  await world.close();
  expect(world.errors).toEqual([]);
});

const ECHO = 'exports.handler = async event => ({ got: event });';

test('a synchronous invocation answers what the function returned', async () => {
  await world.create(ECHO);
  const { status, payload, headers } = await world.invoke({ a: [1, 'ü'] });
  expect({ status, payload }).toEqual({ status: 200, payload: { got: { a: [1, 'ü'] } } });
  expect(headers.get('x-amz-function-error')).toBeNull();
  expect(headers.get('x-amz-executed-version')).toBe('$LATEST');
});

test("a function's error is told as Lambda tells it, with the end of the log when asked for", async () => {
  await world.create('exports.handler = async () => { console.warn("hm"); throw new TypeError("boom"); }');
  const { status, payload, headers } = await world.invoke({}, { 'x-amz-log-type': 'Tail' });
  expect(status).toBe(200);
  expect(headers.get('x-amz-function-error')).toBe('Unhandled');
  expect(payload).toMatchObject({ errorType: 'TypeError', errorMessage: 'boom' });
  expect(payload.trace[0]).toBe('TypeError: boom');
  const log = Buffer.from(headers.get('x-amz-log-result')!, 'base64').toString();
  expect(log).toMatch(/\tWARN\thm\n.*\tERROR\tInvoke Error .*"errorMessage":"boom"/);
});

test.each([
  [
    'does not export its handler',
    'exports.other = 1',
    'Runtime.HandlerNotFound',
    'index.handler is undefined',
  ],
  [
    'requires what is not there',
    'require("express")',
    'Runtime.ImportModuleError',
    "Cannot find module 'express'",
  ],
  ['is a module', 'export const handler = 1', 'Runtime.UserCodeSyntaxError', "Unexpected token 'export'"],
  ['exits', 'exports.handler = async () => process.exit(3)', 'Runtime.ExitError', 'exit status 3'],
  [
    'throws later',
    'exports.handler = () => new Promise(() => setTimeout(() => { throw new Error("late") }, 5))',
    'Error',
    'late',
  ],
  [
    'answers no JSON',
    'exports.handler = async () => 1n',
    'Runtime.MarshalError',
    'Unable to stringify response body',
  ],
  [
    'answers too much',
    'exports.handler = async () => "x".repeat(7e6)',
    'Function.ResponseSizeTooLarge',
    'exceeded maximum',
  ],
])('code that %s fails by name', async (_, code, type, message) => {
  await world.create(code);
  const { payload, headers } = await world.invoke();
  expect(headers.get('x-amz-function-error')).toBe('Unhandled');
  expect(payload).toMatchObject({ errorType: type, errorMessage: expect.stringContaining(message) });
});

test('a handler that never answers and waits for nothing answers null', async () => {
  await world.create('exports.handler = () => new Promise(() => {})');
  expect((await world.invoke()).payload).toBeNull();
});

test('a function knows itself, has the credentials of its role and nothing of the engine', async () => {
  process.env.SLIPWAY_LEAK = 'leak';
  await world.create(
    `exports.handler = async (event, context) => ({ env: process.env, context, left: context.getRemainingTimeInMillis(), cwd: process.cwd() })`,
    {
      Environment: {
        Variables: {
          TEST_PORT: '9080',
          AWS_ENDPOINT_URL: 'http://elsewhere',
          NODE_OPTIONS: '--allow-fs-read=*',
        },
      },
      MemorySize: '256',
    },
  );
  const { payload } = await world.invoke();
  delete process.env.SLIPWAY_LEAK;
  expect(payload.context).toMatchObject({
    functionName: 'check',
    invokedFunctionArn: 'arn:aws:lambda:ap-northeast-1:123456789012:function:check',
    memoryLimitInMB: '256',
    awsRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
  });
  expect(payload.left).toBeGreaterThan(20_000);
  expect(payload.left).toBeLessThanOrEqual(30_000);
  expect(payload.env).toMatchObject({
    AWS_LAMBDA_FUNCTION_NAME: 'check',
    AWS_ACCESS_KEY_ID: 'ASIAcheck',
    AWS_SECRET_ACCESS_KEY: 'secret of arn:aws:iam::123456789012:role/check',
    AWS_REGION: 'ap-northeast-1',
    AWS_ENDPOINT_URL: world.engine.endpoint,
    TEST_PORT: '9080',
  });
  expect(payload.env.SLIPWAY_LEAK).toBeUndefined();
});

test('the SDK is there for require and for import, and reaches the engine', async () => {
  await world.create(`
    const { CodeDeployClient } = require('@aws-sdk/client-codedeploy');
    exports.handler = async () => {
      const { ECSClient, ListClustersCommand } = await import('@aws-sdk/client-ecs');
      const { CodePipelineClient } = require('@aws-sdk/client-codepipeline');
      const { ElasticLoadBalancingV2Client } = require('@aws-sdk/client-elastic-load-balancing-v2');
      const { SSMClient } = require('@aws-sdk/client-ssm');
      const error = await new ECSClient({ maxAttempts: 1 }).send(new ListClustersCommand({})).catch(each => each);
      return [[CodeDeployClient, CodePipelineClient, ElasticLoadBalancingV2Client, SSMClient].map(each => typeof each), error.message];
    };`);
  const { payload } = await world.invoke();
  expect(payload).toEqual([
    ['function', 'function', 'function', 'function'],
    'ecs is not carried out locally',
  ]);
});

test('a function can neither read the state nor write outside of its own folder nor start processes', async () => {
  await world.create(`
    const fs = require('node:fs');
    const codeOf = run => { try { run(); return 'done' } catch (error) { return error.code } };
    exports.handler = async ({ state, store }) => [
      codeOf(() => fs.readdirSync(state)),
      codeOf(() => fs.readFileSync(store)),
      codeOf(() => fs.writeFileSync(__filename, '')),
      codeOf(() => fs.writeFileSync(process.env.TMPDIR + '/x', '')),
      codeOf(() => require('node:child_process').execSync('true')),
      codeOf(() => new (require('node:worker_threads').Worker)('1', { eval: true })),
    ];`);
  const { payload } = await world.invoke({ state: world.state, store: `${world.directory}/store.sqlite` });
  const denied = 'ERR_ACCESS_DENIED';
  expect(payload).toEqual([denied, denied, denied, 'done', denied, denied]);
});

test('an event is answered at once with 202, a dry run with 204', async () => {
  await world.create(ECHO);
  const invoke = (type: string) =>
    world.call('POST', '/2015-03-31/functions/check/invocations', {
      headers: { 'x-amz-invocation-type': type },
      body: '{}',
    });
  expect((await invoke('DryRun')).status).toBe(204);
  const answer = await invoke('Event');
  expect(answer.status).toBe(202);
  expect((await world.over(answer.headers.get('x-amzn-requestid')!)).status).toBe('Succeeded');
  expect((await invoke('Sometime')).status).toBe(400);
});

test('functions are told and listed, by name and by ARN', async () => {
  await world.create(ECHO, {
    Description: 'looks',
    VpcConfig: { SubnetIds: ['subnet-1'] },
    ReservedConcurrentExecutions: 2,
  });
  await world.create(ECHO, { FunctionName: 'other' });
  const arn = 'arn:aws:lambda:ap-northeast-1:123456789012:function:check';
  for (const name of ['check', encodeURIComponent(arn), '123456789012%3Afunction%3Acheck', 'check:$LATEST']) {
    const answer = await world.call('GET', `/2015-03-31/functions/${name}`);
    expect(await answer.json()).toMatchObject({
      Configuration: {
        FunctionName: 'check',
        FunctionArn: arn,
        Handler: 'index.handler',
        Timeout: 30,
        Description: 'looks',
      },
      Concurrency: { ReservedConcurrentExecutions: 2 },
    });
  }
  const one = await world.call('GET', '/2015-03-31/functions/check/configuration');
  expect(await one.json()).toMatchObject({ State: 'Active', VpcConfig: { SubnetIds: ['subnet-1'] } });
  const first = (await (await world.call('GET', '/2015-03-31/functions/?MaxItems=1')).json()) as {
    NextMarker: string;
  };
  expect(first).toMatchObject({ Functions: [{ FunctionName: 'check' }], NextMarker: 'check' });
  const rest = await world.call('GET', `/2015-03-31/functions?Marker=${first.NextMarker}`);
  expect(await rest.json()).toEqual({ Functions: [expect.objectContaining({ FunctionName: 'other' })] });
});

describe('errors', () => {
  const path = '/2015-03-31/functions/check/invocations';
  test.each([
    ['GET', '/2015-03-31/functions/none', '', 404, 'ResourceNotFoundException'],
    ['GET', '/2015-03-31/functions/check?Qualifier=live', '', 404, 'ResourceNotFoundException'],
    ['POST', path, '{', 400, 'InvalidRequestContentException'],
    ['POST', path, JSON.stringify('x'.repeat(6 * 1024 * 1024)), 413, 'RequestTooLargeException'],
    ['PUT', '/2015-03-31/functions/check/code', '{}', 501, 'NotImplemented'],
    ['GET', '/2015-03-31/functions/%E0%A4%A', '', 400, 'ValidationException'],
  ])('%s %s carries the code of AWS (%#)', async (method, url, body, status, code) => {
    await world.create(ECHO);
    const answer = await world.call(method, url, body ? { body } : {});
    expect([answer.status, answer.headers.get('x-amzn-errortype')]).toEqual([status, code]);
    expect(((await answer.json()) as { Message: string }).Message).not.toBe('');
  });

  test('an asynchronous event is at most a megabyte', async () => {
    await world.create(ECHO);
    const body = JSON.stringify('x'.repeat(1024 * 1024));
    const answer = await world.call('POST', path, { headers: { 'x-amz-invocation-type': 'Event' }, body });
    expect(answer.status).toBe(413);
  });
});

describe('the resource', () => {
  test('is made once per token, changed in place, and another one by another name', async () => {
    const { physicalId, attributes } = await world.create(ECHO);
    expect({ physicalId, attributes }).toEqual({
      physicalId: 'check',
      attributes: { Arn: 'arn:aws:lambda:ap-northeast-1:123456789012:function:check' },
    });
    await expect(world.create(ECHO)).rejects.toThrow('Function already exist: check');
    await world.update('check', 'exports.handler = async () => 2;', { Timeout: '5' });
    expect((await world.invoke()).payload).toBe(2);
    expect((await world.update('check', ECHO, { FunctionName: 'next' })).physicalId).toBe('next');
  });

  test.each([
    [
      'Code',
      { S3Bucket: 'b', S3Key: 'k' },
      'is not inline (S3Bucket, S3Key), which is not carried out locally',
    ],
    ['Runtime', 'python3.13', 'The runtime python3.13 of function check is not carried out locally'],
    ['PackageType', 'Image', 'is an image, which is not carried out locally'],
    ['Handler', 'app.handler', 'must be index.<export>'],
    ['Role', 'check', 'is not the ARN of a role'],
    ['Timeout', 901, 'Timeout must be a whole number from 1 to 900'],
    ['MemorySize', 64, 'MemorySize must be a whole number from 128'],
    ['FunctionName', 'a/b', "'a/b' is not a valid function name"],
    ['Layers', ['arn'], 'Layers of function check are not carried out locally'],
    ['LoggingConfig', { LogFormat: 'JSON' }, 'logs as JSON'],
    ['Environment', { Variables: { AWS_REGION: 'x' } }, 'Reserved keys used in this request: AWS_REGION'],
    ['Environment', { Variables: { BIG: 'x'.repeat(4096) } }, 'exceeded the 4KB limit'],
  ])('refuses the %s %j', async (property, value, message) => {
    await expect(world.create(ECHO, { [property]: value })).rejects.toThrow(message);
  });
});
