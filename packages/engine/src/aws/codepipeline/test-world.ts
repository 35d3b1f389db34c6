import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { unzipSync, zipSync } from 'fflate';
import { type Clock, ManualClock } from '../../core/clock.ts';
import type { Context } from '../../core/context.ts';
import { Controllers } from '../../core/controllers.ts';
import { AwsError } from '../../core/errors.ts';
import { countingIds } from '../../core/ids.ts';
import { createPace } from '../../core/pace.ts';
import type { Properties, UpdateRequest } from '../../core/resource.ts';
import { openStore } from '../../core/store.ts';
import { createCodePipeline } from './index.ts';
import type { Build, BuildRequest, CodePipelinePorts, Deployment, StackRequest } from './ports.ts';

const TAKES_MS = 1000;

interface FakeInvocation {
  id: string;
  name: string;
  at: number;
  // biome-ignore lint/suspicious/noExplicitAny: the event as AWS writes it
  job: { id: string; accountId: string; data: any };
  answered: boolean;
}

/** Repositories, builds, stacks and deployments in memory that behave: each takes a second and is made once a token. */
export function createFakes(clock: Clock, root: string) {
  const done = <T extends { at: number }>(each: T): boolean => clock.now() - each.at >= TAKES_MS;
  const builds = new Map<string, BuildRequest & { id: string; at: number; stopped: boolean }>();
  const stacks = new Map<string, { at: number; stackName: string; request?: StackRequest }>();
  const definitions = new Map<string, { arn: string; definition: object }>();
  const deployments = new Map<string, { id: string; at: number; appSpec: string }>();
  const invocations = new Map<string, FakeInvocation>();
  const fakes = {
    invocations,
    /** By function: how it answers its job a second after it was invoked; `silent` never, `throws` fails for good. */
    functions: { gate: 'succeed' } as Record<string, 'succeed' | 'fail' | 'continue' | 'silent' | 'throws'>,
    builds,
    stacks,
    definitions,
    deployments,
    commits: ['a'.repeat(40)],
    /** Files that a build of a project puts into an artifact. */
    files: {} as Record<string, Record<string, string>>,
    exported: {} as Record<string, Record<string, string>>,
    /** Projects, stacks and deployment groups that fail. */
    failing: new Set<string>(),
    effects: [] as string[],
    afterEffect: (): void => {},
    /** The files of an artifact. */
    read: (key: string): Record<string, string> => {
      const files = unzipSync(readFileSync(join(root, 'bucket', key)));
      return Object.fromEntries(
        Object.entries(files).map(([name, data]) => [name, new TextDecoder().decode(data)]),
      );
    },
  };
  const effect = (name: string): void => {
    fakes.effects.push(name);
    fakes.afterEffect();
  };
  const put = (key: string, body: string | Uint8Array): void => {
    const file = join(root, 'bucket', key);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, typeof body === 'string' ? readFileSync(body) : body);
  };
  const zip = (files: Record<string, string>): Uint8Array =>
    zipSync(
      Object.fromEntries(Object.entries(files).map(([name, text]) => [name, new TextEncoder().encode(text)])),
    );

  const ports: CodePipelinePorts = {
    artifacts: {
      putObject: async (_, key, body) => {
        put(key, body);
        fakes.afterEffect();
      },
      getObject: async (_, key) => join(root, 'bucket', key),
    },
    git: {
      head: async (_, branch) => (branch === 'main' ? fakes.commits.at(-1) : undefined),
      commit: async (_, id) => {
        if (!fakes.commits.includes(id)) throw new AwsError('CommitIdDoesNotExistException', `no ${id}`);
        const message = `Say "${id.slice(0, 4)}"`;
        return { id, message, authorDate: '2026-01-01T00:00:00Z', author: 'Ada' };
      },
      archive: async (_, commit, file) =>
        writeFileSync(file, zip({ 'package.json': `{"commit":"${commit}"}` })),
    },
    builds: {
      startBuild: async request => {
        const known = builds.get(request.token);
        if (known) return known.id;
        const id = `${request.project}:${builds.size + 1}`;
        builds.set(request.token, { ...request, id, at: clock.now(), stopped: false });
        effect(`build ${request.project}`);
        return id;
      },
      build: id => {
        const build = [...builds.values()].find(each => each.id === id);
        if (!build) return undefined;
        const failed = fakes.failing.has(build.project);
        const over: Build['status'] = failed ? 'FAILED' : 'SUCCEEDED';
        const status = build.stopped ? 'STOPPED' : done(build) ? over : 'IN_PROGRESS';
        if (status === 'SUCCEEDED')
          for (const output of build.outputs) put(output.key, zip(fakes.files[output.name] ?? {}));
        return {
          id,
          status,
          phase: failed ? 'BUILD' : 'COMPLETED',
          exportedVariables: fakes.exported[build.project] ?? {},
          ...(failed && { message: 'Command did not exit successfully: turbo run test, exit status 1' }),
          log: { group: `/slipway/build/${build.project}`, stream: id },
        };
      },
      stopBuild: id => {
        const build = [...builds.values()].find(each => each.id === id);
        if (build) build.stopped = true;
        effect(`stop ${id}`);
      },
    },
    stacks: {
      deployStack: request => {
        if (stacks.has(request.token)) return;
        stacks.set(request.token, { at: clock.now(), stackName: request.stackName, request });
        effect(`deploy ${request.stackName}`);
      },
      deleteStack: ({ token, stackName }) => {
        if (stacks.has(token)) return;
        stacks.set(token, { at: clock.now(), stackName });
        effect(`delete ${stackName}`);
      },
      stackOperation: token => {
        const stack = stacks.get(token);
        if (!stack) return undefined;
        const failed = fakes.failing.has(stack.stackName);
        return {
          status: !done(stack) ? 'IN_PROGRESS' : failed ? 'FAILED' : 'SUCCEEDED',
          stackId: `arn:aws:cloudformation:ap-northeast-1:123456789012:stack/${stack.stackName}/1`,
          changed: true,
          outputs: { Url: 'http://news' },
          ...(failed && { message: 'Table: already exists' }),
        };
      },
    },
    taskDefinitions: {
      registerTaskDefinition: (definition, token = '') => {
        const known = definitions.get(token);
        if (known) return known.arn;
        const arn = `arn:aws:ecs:ap-northeast-1:123456789012:task-definition/news:${definitions.size + 2}`;
        definitions.set(token, { arn, definition });
        effect('register');
        return arn;
      },
    },
    deployments: {
      createDeployment: ({ token, appSpec, deploymentGroup }) => {
        const known = deployments.get(token);
        if (known) return known.id;
        const id = `d-${deployments.size + 1}`;
        deployments.set(token, { id, at: clock.now(), appSpec });
        effect(`release ${deploymentGroup}`);
        return id;
      },
      deployment: (id): Deployment | undefined => {
        const deployment = [...deployments.values()].find(each => each.id === id);
        if (!deployment)
          return id === 'd-back'
            ? { id, status: fakes.failing.has('rolling back') ? 'InProgress' : 'Succeeded' }
            : undefined;
        if (!done(deployment)) return { id, status: 'InProgress' };
        if (!fakes.failing.has('release')) return { id, status: 'Succeeded' };
        return { id, status: 'Failed', message: 'TypeError: boom', rollbackDeploymentId: 'd-back' };
      },
    },
    functions: {
      invoke: ({ token, functionName, event }) => {
        const known = invocations.get(token);
        if (known) return known.id;
        if (!Object.hasOwn(fakes.functions, functionName))
          throw new AwsError('ResourceNotFoundException', `Function not found: ${functionName}`, 404);
        const id = `request ${invocations.size + 1}`;
        const { 'CodePipeline.job': job } = event as { 'CodePipeline.job': FakeInvocation['job'] };
        invocations.set(token, { id, name: functionName, at: clock.now(), job, answered: false });
        effect(`invoke ${functionName}`);
        return id;
      },
      invocation: id => {
        const invocation = [...invocations.values()].find(each => each.id === id);
        if (!invocation) return undefined;
        const logTail = ['asking for older approvals'];
        if (!done(invocation)) return { status: 'InProgress', logTail: [] };
        if (fakes.functions[invocation.name] !== 'throws') return { status: 'Succeeded', logTail };
        return { status: 'Failed', error: { type: 'TypeError', message: 'x is undefined' }, logTail };
      },
    },
    credentials: {
      environment: (role = '') => ({
        AWS_ACCESS_KEY_ID: 'ASIA1',
        AWS_SECRET_ACCESS_KEY: `secret of ${role}`,
        AWS_SESSION_TOKEN: 'token',
      }),
    },
    logs: { tail: () => ['# tests 3', '# fail 1'] },
  };
  return Object.assign(fakes, { ports });
}

/** An engine with nothing but CodePipeline in it. `restart` is what follows a kill: the same store, all else new. */
export function createWorld() {
  const clock = new ManualClock();
  const root = mkdtempSync(join(tmpdir(), 'codepipeline-'));
  const fakes = createFakes(clock, root);
  const store = openStore(':memory:', clock);
  const errors: unknown[] = [];
  const context: Context = {
    store,
    clock,
    pace: createPace(60),
    ids: countingIds(),
    account: '123456789012',
    region: 'ap-northeast-1',
    state: join(root, 'state'),
    endpoint: () => 'http://127.0.0.1:0',
    log: line => errors.push(line),
  };
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

type Action = Properties & { Name: string };

export function action(name: string, provider: string, configuration: object, more: object = {}): Action {
  const [Category, Provider] = provider.split('/');
  return {
    Name: name,
    ActionTypeId: { Category, Provider, Owner: 'AWS', Version: '1' },
    Configuration: configuration,
    ...more,
  };
}

export const source = action(
  'Source',
  'Source/CodeCommit',
  { RepositoryName: 'slipway', BranchName: 'main', PollForSourceChanges: false },
  { OutputArtifacts: [{ Name: 'Source' }], Namespace: 'Source', RunOrder: 1 },
);

export const build = action(
  'Build',
  'Build/CodeBuild',
  {
    ProjectName: 'slipway-news-build',
    EnvironmentVariables:
      '[{"name":"COMMIT","value":"#{Source.CommitId}"},{"name":"MESSAGE","value":"#{Source.CommitMessage}"}]',
  },
  {
    InputArtifacts: [{ Name: 'Source' }],
    OutputArtifacts: [{ Name: 'Templates' }, { Name: 'Release' }],
    Namespace: 'Build',
  },
);

export const approval = {
  Name: 'Approval',
  Actions: [action('Approve', 'Approval/Manual', { CustomData: 'Release #{Source.CommitId}?' })],
};

export const invoke = (more: object = {}): Action =>
  action(
    'Gate',
    'Invoke/Lambda',
    {
      FunctionName: 'gate',
      UserParameters: '{"execution":"#{codepipeline.PipelineExecutionId}","commit":"#{Source.CommitId}"}',
    },
    { Namespace: 'Gate', RunOrder: 5, ...more },
  );

export const stack = (name: string, runOrder = 1): Action =>
  action(
    name,
    'Deploy/CloudFormation',
    {
      ActionMode: 'CREATE_UPDATE',
      StackName: name,
      TemplatePath: `Templates::${name}.template.json`,
      Capabilities: 'CAPABILITY_NAMED_IAM',
      RoleArn: 'arn:aws:iam::123456789012:role/slipway-execution',
    },
    { InputArtifacts: [{ Name: 'Templates' }], RunOrder: runOrder },
  );

const blueGreen = (environment: string): Action =>
  action(
    'BlueGreen',
    'Deploy/CodeDeployToECS',
    {
      ApplicationName: `slipway-news-${environment}`,
      DeploymentGroupName: `slipway-news-${environment}`,
      TaskDefinitionTemplateArtifact: 'Release',
      TaskDefinitionTemplatePath: `${environment}/taskdef.json`,
      AppSpecTemplateArtifact: 'Release',
      AppSpecTemplatePath: `${environment}/appspec.yaml`,
      Image1ArtifactName: 'Release',
      Image1ContainerName: 'IMAGE1_NAME',
    },
    { InputArtifacts: [{ Name: 'Release' }], RunOrder: 3 },
  );

const smoke = (environment: string): Action =>
  action(
    'Smoke',
    'Test/CodeBuild',
    {
      ProjectName: 'slipway-news-smoke',
      EnvironmentVariables: `[{"name":"ENVIRONMENT","value":"${environment}"}]`,
    },
    { InputArtifacts: [{ Name: 'Source' }], RunOrder: 4 },
  );

const environmentStage = (name: string, environment: string) => ({
  Name: name,
  Actions: [
    stack(`slipway-news-data-${environment}`, 1),
    stack(`slipway-news-${environment}`, 2),
    blueGreen(environment),
    smoke(environment),
    ...(environment === 'staging' ? [invoke()] : []),
  ],
});

export function pipelineProperties(stages: object[], more: Properties = {}): Properties {
  return {
    Name: 'slipway-news',
    RoleArn: 'arn:aws:iam::123456789012:role/slipway-news-pipeline',
    PipelineType: 'V2',
    ArtifactStore: { Type: 'S3', Location: 'slipway-artifacts' },
    Stages: stages,
    ...more,
  };
}

export const sourceStage = { Name: 'Source', Actions: [source] };
export const buildStage = { Name: 'Build', Actions: [build] };

/** Source → Build → Approval: what most stories need. */
export const shortPipeline = (more: Properties = {}): Properties =>
  pipelineProperties([sourceStage, buildStage, approval], more);

/** A delivery pipeline as the product synthesizes it. */
export const deliveryPipeline = (): Properties =>
  pipelineProperties([
    sourceStage,
    buildStage,
    environmentStage('Staging', 'staging'),
    approval,
    environmentStage('Production', 'production'),
  ]);

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
