import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '../../core/clock.ts';
import { Controllers } from '../../core/controllers.ts';
import type { Properties, UpdateRequest } from '../../core/resource.ts';
import { openTestContext } from '../../core/test-context.ts';
import { createCodePipeline } from './index.ts';
import { createFakes, TAKES_MS } from './test-fakes.ts';

/** An engine with nothing but CodePipeline in it. `restart` is what follows a kill: the same store, all else new. */
export function createWorld() {
  const clock = new ManualClock();
  const root = mkdtempSync(join(tmpdir(), 'codepipeline-'));
  const fakes = createFakes(clock, root);
  const errors: unknown[] = [];
  const context = openTestContext({ clock, state: join(root, 'state'), log: line => errors.push(line) });
  const { store } = context;
  const boot = () => {
    const pipelines = createCodePipeline(context, fakes.ports);
    const { controllers: list } = pipelines;
    const controllers = new Controllers({ store, clock, controllers: list, onError: e => errors.push(e) });
    return { pipelines, controllers };
  };
  const world = {
    ...boot(),
    fakes,
    store,
    clock,
    errors,
    start: () => world.controllers.start(),
    restart: async () => {
      await world.controllers.stop();
      Object.assign(world, boot());
      world.controllers.start();
    },
    /** Moves time on until `done` or `ms` are over; outside things that change are noticed as by a commit. */
    run: async (ms: number, done: () => boolean = () => false) => {
      for (let passed = 0; ; passed += 250) {
        await world.controllers.settled();
        world.answerJobs();
        await world.controllers.settled();
        if (done() || passed >= ms) return;
        clock.advance(250);
        world.controllers.wake();
      }
    },
    /** What the functions that are due answer, as their clients would: until they have been heard. */
    answerJobs: () => {
      for (const invocation of fakes.invocations.values()) {
        const { name, job, at, answered } = invocation;
        const how = fakes.functions[name];
        if (answered || clock.now() - at < TAKES_MS || how === 'silent' || how === 'throws') continue;
        const { id: jobId, data } = job;
        const failureDetails = { type: 'JobFailed', message: 'a newer run waits' };
        if (how === 'fail') world.call('PutJobFailureResult', { jobId, failureDetails });
        else if (how === 'continue' && !data.continuationToken)
          world.call('PutJobSuccessResult', { jobId, continuationToken: 'half' });
        else world.call('PutJobSuccessResult', { jobId, outputVariables: { Rejected: '1' } });
        invocation.answered = true;
      }
    },
    create: (properties: Properties, token = 'create') =>
      handler().create({ ...requestOf(properties), token }),
    update: (properties: Properties, previous: Properties, token = 'update') =>
      handler().update({
        ...requestOf(properties),
        token,
        previous,
        physicalId: 'slipway-news',
      } as UpdateRequest),
    // biome-ignore lint/suspicious/noExplicitAny: the answers of the API, whose shapes the SDK's test holds
    call: (operation: string, input: object): any =>
      world.pipelines.api.operations[operation]!(input, {
        region: 'ap-northeast-1',
        account: '123456789012',
        accessKeyId: 'AKIDEXAMPLE',
      }),
    executions: (): { pipelineExecutionId: string; status: string }[] =>
      world.call('ListPipelineExecutions', { pipelineName: 'slipway-news' }).pipelineExecutionSummaries,
    /** Statuses, oldest first. */
    statuses: () =>
      world
        .executions()
        .map(each => each.status)
        .reverse(),
    /** Each stage's status, or `-`. */
    stages: () =>
      Object.fromEntries(
        world
          .call('GetPipelineState', { name: 'slipway-news' })
          .stageStates.map((stage: { stageName: string; latestExecution?: { status: string } }) => [
            stage.stageName,
            stage.latestExecution?.status ?? '-',
          ]),
      ),
    // biome-ignore lint/suspicious/noExplicitAny: as above
    action: (stage: string, action: string): any =>
      world
        .call('GetPipelineState', { name: 'slipway-news' })
        .stageStates.find((each: { stageName: string }) => each.stageName === stage)
        .actionStates.find((each: { actionName: string }) => each.actionName === action).latestExecution,
    approve: (status = 'Approved', summary = 'ok') =>
      world.call('PutApprovalResult', {
        pipelineName: 'slipway-news',
        stageName: 'Approval',
        actionName: 'Approve',
        token: world.action('Approval', 'Approve').token,
        result: { status, summary },
      }),
    newCommit: () => {
      const id = String.fromCharCode(97 + world.fakes.commits.length).repeat(40);
      fakes.commits.push(id);
      return id;
    },
    startExecution: (input: object = {}): string =>
      world.call('StartPipelineExecution', { name: 'slipway-news', ...input }).pipelineExecutionId,
    close: async () => {
      await world.controllers.stop();
      store.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
  const handler = () => world.pipelines.resources['AWS::CodePipeline::Pipeline']!;
  return world;
}

export type World = ReturnType<typeof createWorld>;

function requestOf(properties: Properties) {
  return {
    stack: {
      name: 'slipway-news-pipeline',
      id: 'arn:aws:cloudformation:ap-northeast-1:123456789012:stack/slipway-news-pipeline/1',
      region: 'ap-northeast-1',
      account: '123456789012',
      tags: {},
    },
    logicalId: 'Pipeline',
    type: 'AWS::CodePipeline::Pipeline',
    properties,
    token: 'create',
  };
}

/** What the build of a service leaves. */
export function fillArtifacts(world: World): void {
  const taskdef = JSON.stringify({
    family: 'slipway-news-staging',
    containerDefinitions: [{ name: 'news', image: '<IMAGE1_NAME>' }],
  });
  const appspec =
    'version: 0.0\nResources:\n  - TargetService:\n      Properties:\n        TaskDefinition: <TASK_DEFINITION>\n';
  const template = '{"Resources":{"Topic":{"Type":"AWS::SNS::Topic"}}}';
  const stacks = ['data-staging', 'staging', 'data-production', 'production'];
  world.fakes.files.Templates = Object.fromEntries(
    stacks.map(name => [`slipway-news-${name}.template.json`, template]),
  );
  world.fakes.files.Release = {
    'imageDetail.json':
      '{"ImageURI":"123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/slipway/news@sha256:abc"}',
    'staging/taskdef.json': taskdef,
    'staging/appspec.yaml': appspec,
    'production/taskdef.json': taskdef,
    'production/appspec.yaml': appspec,
  };
}
