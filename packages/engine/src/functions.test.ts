import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { createCodeDeploy } from './aws/codedeploy/index.ts';
import { createFakes as createCluster } from './aws/codedeploy/test-fakes.ts';
import { appSpecOf, createGroup } from './aws/codedeploy/test-structures.ts';
import { createCodePipeline } from './aws/codepipeline/index.ts';
import { createFakes as createOthers } from './aws/codepipeline/test-fakes.ts';
import { invoke, pipelineProperties, sourceStage } from './aws/codepipeline/test-structures.ts';
import { createLambda } from './aws/lambda/index.ts';
import { createLogs } from './aws/logs/index.ts';
import { ManualClock } from './core/clock.ts';
import { Controllers } from './core/controllers.ts';
import { randomIds } from './core/ids.ts';
import { openStore } from './core/store.ts';
import { openTestContext } from './core/test-context.ts';
import { createRoleSessions } from './role-sessions.ts';
import { openProcesses } from './runtime/processes.ts';
import { reapAll } from './runtime/reap.ts';
import { createWire } from './wire/server.ts';

/** Real processes on a busy machine. */
jest.setTimeout(30_000);

/** The check behind the test listener as a platform would write it. */
const CHECK = `
const { CodeDeployClient, PutLifecycleEventHookExecutionStatusCommand } = require('@aws-sdk/client-codedeploy');
exports.handler = async ({ DeploymentId: deploymentId, LifecycleEventHookExecutionId: lifecycleEventHookExecutionId }) => {
  const { status } = await fetch(process.env.CHECK_URL);
  console.log('GET', process.env.CHECK_URL, 'answered', status);
  await new CodeDeployClient().send(new PutLifecycleEventHookExecutionStatusCommand({
    deploymentId, lifecycleEventHookExecutionId, status: status === 200 ? 'Succeeded' : 'Failed',
  }));
};`;

const GATE = `
const { CodePipelineClient, PutJobSuccessResultCommand } = require('@aws-sdk/client-codepipeline');
exports.handler = async ({ 'CodePipeline.job': { id: jobId, data } }) => {
  const { execution } = JSON.parse(data.actionConfiguration.configuration.UserParameters);
  await new CodePipelineClient().send(new PutJobSuccessResultCommand({ jobId, outputVariables: { Execution: execution } }));
};`;

let root: string;
let engine: Awaited<ReturnType<typeof start>>;
let service: Server;
let answerWith: (response: ServerResponse) => void;
const clock = new ManualClock();
const errors: unknown[] = [];
let cluster: ReturnType<typeof createCluster>;
let others: ReturnType<typeof createOthers>;

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'slipway-functions-'));
  mkdirSync(join(root, 'state'));
  cluster = createCluster(clock);
  others = createOthers(clock, root);
  service = createServer((_, response) => answerWith(response)).listen(0, '127.0.0.1');
  engine = await start(0);
});
afterEach(async () => {
  await end();
  service.close();
  await reapAll(join(root, 'state'), { graceMs: 100 });
  rmSync(root, { recursive: true, force: true });
  expect(errors.splice(0)).toEqual([]);
});

/** Lambda with real processes; the cluster, the balancer and what else pipelines need are in memory. */
async function start(listenOn: number) {
  const state = join(root, 'state');
  const store = openStore(join(root, 'store.sqlite'), clock);
  let endpoint = '';
  const context = openTestContext({ store, clock, state, ids: randomIds, endpoint: () => endpoint });
  const processes = openProcesses({ state, clock });
  const logs = createLogs(context);
  const credentials = createRoleSessions(context, { dynamodb: () => undefined });
  const options = { node: process.execPath };
  const lambda = createLambda(context, { processes, logs: logs.streams, credentials, options });
  const deploy = createCodeDeploy(context, { ...cluster.ports, functions: lambda });
  const pipelines = createCodePipeline(context, { ...others.ports, functions: lambda, credentials });
  const onError = (error: unknown) => void errors.push(error);
  const apis = [lambda.api, deploy.api, pipelines.api];
  const wire = createWire({ account: context.account, apis, faces: [], onError });
  const { port } = await wire.listen(listenOn);
  endpoint = `http://127.0.0.1:${port}`;
  const list = [lambda, deploy, pipelines].flatMap(each => each.controllers);
  const controllers = new Controllers({ store, clock, controllers: list, onError });
  controllers.start();
  return { store, processes, lambda, deploy, pipelines, wire, port, controllers };
}

async function end(): Promise<void> {
  await engine.controllers.stop();
  await engine.wire.close();
  engine.lambda.close();
  engine.processes[Symbol.dispose]();
  engine.store.close();
}

/** Lets the manual clock pass beside the real processes until `done`. */
async function passUntil(done: () => boolean): Promise<void> {
  while (!done()) {
    await sleep(10);
    clock.advance(100);
    engine.controllers.wake();
  }
}

async function createFunction(name: string, code: string): Promise<void> {
  const { port } = service.address() as AddressInfo;
  await engine.lambda.resources['AWS::Lambda::Function']!.create({
    stack: { name: 'slipway-hooks', id: 'arn:stack', region: 'ap-northeast-1', account: '1', tags: {} },
    logicalId: name,
    type: 'AWS::Lambda::Function',
    properties: {
      FunctionName: name,
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Role: `arn:aws:iam::123456789012:role/${name}`,
      Timeout: 300,
      Code: { ZipFile: code },
      Environment: { Variables: { CHECK_URL: `http://127.0.0.1:${port}/news/healthz` } },
    },
    token: name,
  });
}

async function release(): Promise<string> {
  await createFunction('check', CHECK);
  await createGroup(engine);
  return engine.deploy.createDeployment({
    token: 'news:2',
    application: 'slipway-news-staging',
    deploymentGroup: 'slipway-news-staging',
    appSpec: `${appSpecOf('news:2')}Hooks:\n  - AfterAllowTestTraffic: check\n`,
    creator: 'codePipeline',
  });
}

const over = (id: string) => () =>
  ['Succeeded', 'Failed'].includes(engine.deploy.deployment(id)?.status ?? '');

test('a green that does not answer behind the test listener is refused by the function that asked it', async () => {
  answerWith = response => response.writeHead(503).end();
  const id = await release();
  await passUntil(over(id));
  const { status, message, rollbackDeploymentId } = engine.deploy.deployment(id)!;
  expect(status).toBe('Failed');
  expect(message).toMatch(
    /^The lifecycle event hook AfterAllowTestTraffic failed: the function check reported Failed\.\nGET http:\S+\/news\/healthz answered 503\nTask arn/,
  );
  await passUntil(over(rollbackDeploymentId!));
  expect(cluster.effects.filter(each => /^production/.test(each))).toEqual(['production 100/0']);
  expect(cluster.live()).toEqual(['news:1']);
});

test('a verdict that is given while the engine is gone arrives at the next one, and only once', async () => {
  let asked = 0;
  let answer: ServerResponse | undefined;
  answerWith = response => {
    asked++;
    answer = response;
  };
  const id = await release();
  await passUntil(() => answer !== undefined);
  const { port } = engine;
  await end();
  answer!.writeHead(200).end();
  // Long enough for the function to find nobody there.
  await sleep(200);
  engine = await start(port);
  await passUntil(over(id));
  expect(engine.deploy.deployment(id)?.status).toBe('Succeeded');
  expect(asked).toBe(1);
});

test('an Invoke action is answered by its function, through the API', async () => {
  await createFunction('gate', GATE);
  const checked = { Name: 'Check', Actions: [invoke()] };
  await engine.pipelines.resources['AWS::CodePipeline::Pipeline']!.create({
    stack: { name: 'slipway-news', id: 'arn:stack', region: 'ap-northeast-1', account: '1', tags: {} },
    logicalId: 'Pipeline',
    type: 'AWS::CodePipeline::Pipeline',
    properties: pipelineProperties([sourceStage, checked]),
    token: 'pipeline',
  });
  // biome-ignore lint/suspicious/noExplicitAny: the answers of the API, whose shapes the SDK's tests hold
  const call = (operation: string, input: object): any =>
    engine.pipelines.api.operations[operation]!(input, {} as never);
  const last = () =>
    call('ListPipelineExecutions', { pipelineName: 'slipway-news' }).pipelineExecutionSummaries[0];
  await passUntil(() => last().status !== 'InProgress');
  const [action] = call('ListActionExecutions', { pipelineName: 'slipway-news' }).actionExecutionDetails;
  expect(action).toMatchObject({
    actionName: 'Gate',
    status: 'Succeeded',
    output: { outputVariables: { Execution: last().pipelineExecutionId } },
  });
});
