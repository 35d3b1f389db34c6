import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createApplicationAutoScaling } from './aws/applicationautoscaling/index.ts';
import { createCloudFormation } from './aws/cloudformation/index.ts';
import { createCloudWatch } from './aws/cloudwatch/index.ts';
import { createCodeBuild } from './aws/codebuild/index.ts';
import { createCodeCommit } from './aws/codecommit/index.ts';
import { createCodeDeploy } from './aws/codedeploy/index.ts';
import { createCodePipeline } from './aws/codepipeline/index.ts';
import { createDynamoDb } from './aws/dynamodb/index.ts';
import { createEcr } from './aws/ecr/index.ts';
import { createEcs } from './aws/ecs/index.ts';
import { createElbv2 } from './aws/elbv2/index.ts';
import { createEvents } from './aws/events/index.ts';
import { createIam } from './aws/iam/index.ts';
import { createLambda } from './aws/lambda/index.ts';
import { createLogs } from './aws/logs/index.ts';
import { createS3 } from './aws/s3/index.ts';
import { createScheduler } from './aws/scheduler/index.ts';
import { createSecretsManager } from './aws/secretsmanager/index.ts';
import { createSsm } from './aws/ssm/index.ts';
import { createSts } from './aws/sts/index.ts';
import { BalancerClient } from './balancer/client.ts';
import type { Context } from './core/context.ts';
import { Controllers } from './core/controllers.ts';
import { messageOf } from './core/errors.ts';
import { createPace } from './core/pace.ts';
import type { ResourceHandlers } from './core/resource.ts';
import { openStore } from './core/store.ts';
import { createGit } from './git/index.ts';
import { directoryOf, type Host } from './host.ts';
import { localAddress } from './local-addresses.ts';
import type { EngineOptions } from './options.ts';
import { createPrivateFace } from './private-face.ts';
import { createRoleSessions } from './role-sessions.ts';
import { ProcessRuntime } from './runtime/process-runtime.ts';
import { openProcesses } from './runtime/processes.ts';
import { referencedSecret, taskSecret } from './task-secrets.ts';
import { createWire } from './wire/server.ts';

/** The control plane of one state directory. */
export interface Engine {
  /** Answers and carries on with whatever the store holds. Rejects with a sentence when the port is taken. */
  start(): Promise<void>;
  /** Who this engine is, as its record in the state directory tells it. */
  info(): object;
  /** Lets go of everything; what it started runs on until it is reaped. */
  stop(): Promise<void>;
}

/** Wires the services together: each declares in its `ports.ts` what it needs of others, this is where it gets it. */
export function createEngine(options: EngineOptions, host: Host, onStop: () => void): Engine {
  mkdirSync(options.state, { recursive: true, mode: 0o700 });
  const { clock, ids, log } = host;
  const { state, account, region } = options;
  const startedAt = new Date(clock.now()).toISOString();
  const store = openStore(join(state, 'engine.sqlite'), clock);
  const endpoint = (): string => `http://127.0.0.1:${options.port}`;
  const context: Context = {
    store,
    clock,
    ids,
    pace: createPace(options.speed),
    account,
    region,
    state,
    endpoint,
    log,
  };

  const node = host.node.path;
  const processes = openProcesses({ state, clock });
  const runtime = new ProcessRuntime({ state, clock, ids, processes, node, platform: host.platform });
  const balancer = new BalancerClient({ state, processes, clock, node, log });
  const dynamodb = createDynamoDb(context, { processes, node });
  const sessions = createRoleSessions(context, { dynamodb: dynamodb.address });
  const [program, ...words] = options.follower;
  // It starts at each push, in half the time when Node need not compile it again.
  const followerEnvironment = { PATH: host.path, NODE_COMPILE_CACHE: join(state, 'follower') };
  const git = createGit(context, {
    path: host.path,
    ...(program && { follower: { command: [program, ...words], env: followerEnvironment } }),
  });

  const logs = createLogs(context);
  const iam = createIam(context);
  const ssm = createSsm(context);
  const secretsmanager = createSecretsManager(context);
  const s3 = createS3(context);
  const cloudwatch = createCloudWatch(context, { newLines: logs.newLines });
  const ecr = createEcr(context, { node: host.node });
  const elbv2 = createElbv2(context, { balancer, listen: options.listen });
  const codecommit = createCodeCommit(context, { git });
  const sts = createSts(context, {
    role: iam.role,
    session: sessions.session,
    credentials: sessions.environment,
  });
  const ecs = createEcs(context, {
    images: ecr,
    targets: elbv2,
    runtime,
    logs: logs.streams,
    credentials: sessions,
    localAddress: url =>
      localAddress(
        { aliasOf: name => cloudformation.aliasOf(name), localListener: elbv2.localListener },
        url,
      ),
    secrets: {
      value: async valueFrom =>
        taskSecret({ parameter: ssm.parameter, secret: secretsmanager.value }, valueFrom),
    },
  });
  const lambda = createLambda(context, {
    processes,
    credentials: sessions,
    logs: logs.streams,
    options: { node },
  });
  const scheduler = createScheduler(context, { invoke: lambda.invoke });
  const codedeploy = createCodeDeploy(context, { ecs, elbv2, functions: lambda, alarms: cloudwatch });
  const npm = directoryOf('npm', host.path);
  const codebuild = createCodeBuild(context, {
    processes,
    credentials: sessions,
    logs: logs.streams,
    artifacts: s3.artifacts,
    parameter: ssm.parameter,
    options: {
      node,
      ...(npm ? { tools: [npm] } : {}),
      concurrency: host.concurrency,
      ...(options.checkout ? { seedFrom: options.checkout } : {}),
      environment: host.npm,
    },
  });
  const cloudformation = createCloudFormation(context, {
    handlers: () => handlers,
    parameter: ssm.parameter,
    secret: name => referencedSecret({ secret: secretsmanager.value }, name),
    hasRole: arn => iam.role(arn) !== undefined,
    getObject: s3.artifacts.getObject,
  });
  const codepipeline = createCodePipeline(context, {
    artifacts: s3.artifacts,
    git,
    builds: codebuild,
    stacks: cloudformation,
    taskDefinitions: ecs,
    deployments: codedeploy,
    functions: lambda,
    credentials: sessions,
    logs: logs.streams,
  });
  const events = createEvents(context, {
    startPipelineExecution: ({ token, pipelineArn, ruleArn }) => {
      const trigger = { triggerType: 'CloudWatchEvent', triggerDetail: ruleArn } as const;
      codepipeline.startPipelineExecution({ pipeline: pipelineArn, token, trigger });
    },
    pushTriggers: codepipeline.pushTriggers,
  });

  const autoscaling = createApplicationAutoScaling({
    desiredCount: (cluster, service) => ecs.service(cluster, service)?.desired,
    setDesiredCount: ecs.setDesiredCount,
  });

  const carriers = [
    autoscaling,
    codebuild,
    codecommit,
    codedeploy,
    codepipeline,
    cloudwatch,
    dynamodb,
    ecr,
    ecs,
    elbv2,
    events,
    iam,
    lambda,
  ];
  const handlers: ResourceHandlers = Object.assign(
    {},
    ...[...carriers, logs, s3, scheduler, secretsmanager, ssm].map(carrier => carrier.resources),
  );

  const info = (): object => ({
    pid: host.pid,
    endpoint: endpoint(),
    account,
    region,
    speed: options.speed,
    checkout: options.checkout,
    startedAt,
  });
  const wire = createWire({
    account,
    apis: [
      ...[
        cloudformation,
        cloudwatch,
        codebuild,
        codecommit,
        codedeploy,
        codepipeline,
        ecr,
        ecs,
        elbv2,
        iam,
        lambda,
        logs,
        scheduler,
        secretsmanager,
        ssm,
        sts,
      ],
    ].map(service => service.api),
    faces: [
      createPrivateFace({ store, clock, info, stop: onStop, notCarriedOut: cloudformation.notCarriedOut }),
      ...[...dynamodb.faces, ...ecs.faces, ...git.faces],
      ...[ecr.face, s3.face],
    ],
    onError: (error, operation) => log(`${operation}: ${stackOf(error)}`),
  });
  const controllers = new Controllers({
    store,
    clock,
    controllers: [
      cloudformation,
      cloudwatch,
      codebuild,
      codedeploy,
      codepipeline,
      ecs,
      elbv2,
      events,
      lambda,
      scheduler,
    ].flatMap(each => each.controllers),
    onError: (error, controller, key) => log(`${controller} ${key}: ${stackOf(error)}`),
  });

  return {
    info,
    start: async () => {
      await wire.listen(options.port).catch(error => {
        throw new Error(`The engine cannot listen on port ${options.port}: ${messageOf(error)}`);
      });
      elbv2.start();
      dynamodb.open();
      // Renews the hooks: this engine's follower may be another than that of the last one.
      for (const name of new Set([...options.repositories, ...git.list()])) await git.create(name);
      git.start();
      controllers.start();
    },
    stop: async () => {
      git.stop();
      await controllers.stop();
      await wire.close();
      codebuild.close();
      lambda.close();
      dynamodb.close();
      await balancer.shutdown();
      runtime[Symbol.dispose]();
      processes[Symbol.dispose]();
      store.close();
    },
  };
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
