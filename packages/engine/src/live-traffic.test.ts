import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { CodeDeployClient, CreateDeploymentCommand, GetDeploymentCommand } from '@aws-sdk/client-codedeploy';
import { DescribeServicesCommand, ECSClient, RegisterTaskDefinitionCommand } from '@aws-sdk/client-ecs';
import {
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  DescribeTagsCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { createCloudFormation } from './aws/cloudformation/index.ts';
import { createCloudWatch } from './aws/cloudwatch/index.ts';
import { createCodeDeploy } from './aws/codedeploy/index.ts';
import { createEcs } from './aws/ecs/index.ts';
import type { ContainerSpec, ContainerStatus, Runtime } from './aws/ecs/ports.ts';
import { createElbv2 } from './aws/elbv2/index.ts';
import { createIam } from './aws/iam/index.ts';
import { createLambda } from './aws/lambda/index.ts';
import { createLogs } from './aws/logs/index.ts';
import { createSsm } from './aws/ssm/index.ts';
import { BalancerClient } from './balancer/client.ts';
import { SystemClock } from './core/clock.ts';
import { Controllers } from './core/controllers.ts';
import { randomIds } from './core/ids.ts';
import { createPace } from './core/pace.ts';
import type { ResourceHandlers } from './core/resource.ts';
import { openStore } from './core/store.ts';
import { openTestContext } from './core/test-context.ts';
import { createRoleSessions } from './role-sessions.ts';
import { openProcesses } from './runtime/processes.ts';
import { createWire } from './wire/server.ts';

/** A real balancer and real requests on a busy machine. */
jest.setTimeout(90_000);

const SYNTHESIZED = join(import.meta.dirname, 'aws', 'cloudformation', 'synthesized');
const STACK = 'slipway-news-staging';
const NAMES = { applicationName: STACK, deploymentGroupName: STACK };

// biome-ignore lint/suspicious/noExplicitAny: a template is changed anywhere
type Template = { Resources: Record<string, any> };
const synthesized = (stack: string): Template =>
  JSON.parse(readFileSync(join(SYNTHESIZED, `${stack}.template.json`), 'utf8'));

/** Tasks are servers of this process that tell the version in their environment. */
class Servers implements Runtime {
  readonly #running = new Map<string, Server>();
  readonly #reserved = new Map<number, Server>();
  #exited: (taskId: string) => void = () => {};

  async place({ ports }: { ports: number[] }) {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    this.#reserved.set(port, server);
    return { address: '127.0.0.1', ports: Object.fromEntries(ports.map(each => [each, port])) };
  }
  async start({ taskId, name, placement, environment }: ContainerSpec): Promise<ContainerStatus> {
    const server = this.#reserved.get(Object.values(placement.ports)[0]!)!;
    server.on('request', (_, response) => response.end(environment.VERSION ?? 'seed'));
    this.#running.set(`${taskId}/${name}`, server);
    return { state: 'running' };
  }
  status(taskId: string, name: string): ContainerStatus {
    return { state: this.#running.get(`${taskId}/${name}`)?.listening ? 'running' : 'exited', exitCode: 0 };
  }
  signal(taskId: string, name: string): void {
    this.#running.get(`${taskId}/${name}`)?.close().closeAllConnections();
    this.#exited(taskId);
  }
  onExit(listener: (taskId: string) => void) {
    this.#exited = listener;
    return () => {};
  }
  readonly checks = {
    start: async () => {},
    status: () => ({ state: 'unknown' as const }),
    kill: () => {},
    forget: () => {},
  };
  forget(): void {}
  retain(): void {}
  close(): void {
    for (const server of this.#reserved.values()) server.close().closeAllConnections();
  }
}

let state: string;
let engine: Awaited<ReturnType<typeof start>>;
const errors: unknown[] = [];

beforeAll(async () => {
  state = mkdtempSync(join(tmpdir(), 'slipway-live-'));
  engine = await start();
  for (const stack of ['slipway-network-staging', 'slipway-cluster-staging', STACK]) {
    const TemplateBody = JSON.stringify(synthesized(stack));
    const Capabilities = ['CAPABILITY_NAMED_IAM' as const];
    await engine.cloudFormation.send(
      new CreateStackCommand({ StackName: stack, TemplateBody, Capabilities }),
    );
    expect(await settled(stack)).toBe('CREATE_COMPLETE');
  }
});
afterAll(async () => {
  await engine?.stop();
  rmSync(state, { recursive: true, force: true });
  expect(errors).toEqual([]);
});

async function start() {
  const clock = new SystemClock();
  const store = openStore(join(state, 'engine.sqlite'), clock);
  let endpoint = '';
  const context = openTestContext({
    ...{ store, clock, state, ids: randomIds, pace: createPace(1000), endpoint: () => endpoint },
  });
  const node = process.execPath;
  const processes = openProcesses({ state, clock });
  const balancer = new BalancerClient({ state, processes, clock, node, log: () => {} });
  const runtime = new Servers();
  const credentials = createRoleSessions(context, { dynamodb: () => undefined });
  const [logs, iam, ssm, cloudwatch] = [
    ...[
      createLogs(context),
      createIam(context),
      createSsm(context),
      createCloudWatch(context, { newLines: async () => {} }),
    ],
  ] as const;
  const elbv2 = createElbv2(context, { balancer });
  const layers = { digest: `sha256:${'a'.repeat(64)}`, layers: [] };
  const config = { architecture: 'amd64', os: 'linux', rootfs: { type: 'layers' as const, diff_ids: [] } };
  const ecs = createEcs(context, {
    images: { resolveImage: async () => ({ ...layers, config }) },
    ...{ targets: elbv2, runtime, logs: logs.streams, credentials },
  });
  const lambda = createLambda(context, { processes, credentials, logs: logs.streams, options: { node } });
  const codedeploy = createCodeDeploy(context, { ecs, elbv2, functions: lambda, alarms: cloudwatch });
  const services = [logs, iam, ssm, cloudwatch, elbv2, ecs, lambda, codedeploy];
  const handlers: ResourceHandlers = Object.assign({}, ...services.map(each => each.resources));
  const cloudformation = createCloudFormation(context, {
    ...{ handlers: () => handlers, parameter: ssm.parameter, secret: () => undefined },
    hasRole: () => true,
    getObject: async () => Promise.reject(new Error('no bucket here')),
  });
  const onError = (error: unknown) => void errors.push(error);
  const apis = [cloudformation, codedeploy, ecs, elbv2].map(each => each.api);
  const wire = createWire({ account: context.account, apis, faces: [], onError });
  const { port } = await wire.listen(0);
  endpoint = `http://127.0.0.1:${port}`;
  elbv2.start();
  const active = [cloudformation, codedeploy, ecs, elbv2, lambda].flatMap(each => each.controllers);
  const controllers = new Controllers({ store, clock, controllers: active, onError });
  controllers.start();
  const client = {
    ...{ endpoint, region: context.region },
    credentials: { accessKeyId: 'AKIASLIPWAYOPERATOR0', secretAccessKey: 'local' },
  };
  return {
    cloudFormation: new CloudFormationClient(client),
    codeDeploy: new CodeDeployClient(client),
    ecs: new ECSClient(client),
    elb: new ElasticLoadBalancingV2Client(client),
    stop: async () => {
      await controllers.stop();
      await wire.close();
      lambda.close();
      runtime.close();
      await balancer.shutdown();
      processes[Symbol.dispose]();
      store.close();
    },
  };
}

/** Asks until the answer is there, twenty seconds at most. */
async function until<T>(ask: () => Promise<T | undefined>): Promise<T> {
  for (let left = 400; left > 0; left--) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await new Promise(resolve => setTimeout(resolve, 50));
  }
  throw new Error('It did not happen within twenty seconds');
}

const settled = (StackName: string) =>
  until(async () => {
    const { Stacks } = await engine.cloudFormation.send(new DescribeStacksCommand({ StackName }));
    const status = Stacks![0]!.StackStatus!;
    return status.endsWith('IN_PROGRESS') ? undefined : status;
  });

async function update(template: Template): Promise<void> {
  const TemplateBody = JSON.stringify(template);
  await engine.cloudFormation.send(new UpdateStackCommand({ StackName: STACK, TemplateBody }));
  expect(await settled(STACK)).toBe('UPDATE_COMPLETE');
}

/** Releases a version as CodePipeline's action does: a revision of the family, and CodeDeploy's deployment of it. */
async function release(version: string): Promise<void> {
  const { taskDefinition } = await engine.ecs.send(
    new RegisterTaskDefinitionCommand({
      family: STACK,
      containerDefinitions: [
        {
          ...{ name: 'news', image: `registry/news:${version}`, portMappings: [{ containerPort: 3000 }] },
          environment: [{ name: 'VERSION', value: version }],
        },
      ],
    }),
  );
  const TargetService = {
    Type: 'AWS::ECS::Service',
    Properties: {
      TaskDefinition: taskDefinition!.taskDefinitionArn,
      LoadBalancerInfo: { ContainerName: 'news', ContainerPort: 3000 },
      CapacityProviderStrategy: [{ CapacityProvider: 'FARGATE', Base: 0, Weight: 1 }],
    },
  };
  const content = JSON.stringify({ version: '0.0', Resources: [{ TargetService }] });
  const revision = { revisionType: 'AppSpecContent' as const, appSpecContent: { content } };
  const { deploymentId } = await engine.codeDeploy.send(new CreateDeploymentCommand({ ...NAMES, revision }));
  const status = await until(async () => {
    const { deploymentInfo } = await engine.codeDeploy.send(new GetDeploymentCommand({ deploymentId }));
    return ['Succeeded', 'Failed', 'Stopped'].find(each => each === deploymentInfo!.status);
  });
  expect(status).toBe('Succeeded');
}

/** All that deployments change: the rules of both listeners, who is registered where, and the task sets. */
async function traffic() {
  const { elb, ecs } = engine;
  const { LoadBalancers } = await elb.send(new DescribeLoadBalancersCommand({ Names: ['slipway-staging'] }));
  const { LoadBalancerArn } = LoadBalancers![0]!;
  const { Listeners } = await elb.send(new DescribeListenersCommand({ LoadBalancerArn }));
  const rules = await Promise.all(
    Listeners!.map(
      async ({ ListenerArn }) => (await elb.send(new DescribeRulesCommand({ ListenerArn }))).Rules,
    ),
  );
  const { TargetGroups } = await elb.send(new DescribeTargetGroupsCommand({ LoadBalancerArn }));
  const targets = await Promise.all(
    TargetGroups!.map(async ({ TargetGroupArn, TargetGroupName }) => {
      const health = await elb.send(new DescribeTargetHealthCommand({ TargetGroupArn }));
      const found = health.TargetHealthDescriptions!.map(each => [each.Target, each.TargetHealth?.State]);
      return [TargetGroupName, found];
    }),
  );
  const described = await ecs.send(
    new DescribeServicesCommand({ cluster: 'slipway-staging', services: ['news'] }),
  );
  const taskSets = described.services![0]!.taskSets!.map(each => [
    ...[
      each.id,
      each.status,
      each.taskDefinition,
      each.loadBalancers?.[0]?.targetGroupArn,
      each.runningCount,
    ],
  ]);
  return { rules, targets, taskSets };
}

async function answer(): Promise<string> {
  const { elb } = engine;
  const { LoadBalancers } = await elb.send(new DescribeLoadBalancersCommand({ Names: ['slipway-staging'] }));
  const { LoadBalancerArn } = LoadBalancers![0]!;
  const { Listeners } = await elb.send(new DescribeListenersCommand({ LoadBalancerArn }));
  const { ListenerArn } = Listeners!.find(({ Port }) => Port === 80)!;
  const { TagDescriptions } = await elb.send(new DescribeTagsCommand({ ResourceArns: [ListenerArn!] }));
  const url = TagDescriptions![0]!.Tags!.find(({ Key }) => Key === 'slipway:local')!.Value;
  const response = await fetch(`${url}/news`);
  return response.ok ? response.text() : String(response.status);
}

/** A template whose every change is allowed; each round changes it again. */
function allowed(round: number): Template {
  const template = synthesized(STACK);
  const { Service, Blue, Green, Logs, DeploymentGroup } = template.Resources;
  Service.Properties.HealthCheckGracePeriodSeconds = 30 + round;
  for (const { Properties } of [Service, Blue, Green])
    Properties.Tags = [{ Key: 'slipway:team', Value: `round-${round}` }];
  for (const { Properties } of [Blue, Green]) Properties.HealthCheckIntervalSeconds = 10 + round;
  Logs.Properties.RetentionInDays = [7, 14][round % 2];
  const alarm = `news-${round}`;
  template.Resources[`Alarm${round}`] = {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      ...{ AlarmName: alarm, Namespace: 'AWS/ApplicationELB', MetricName: 'HTTPCode_Target_5XX_Count' },
      ...{ Statistic: 'Sum', Period: 60, EvaluationPeriods: 1, Threshold: 5 },
      ComparisonOperator: 'GreaterThanThreshold',
    },
  };
  DeploymentGroup.Properties.AlarmConfiguration = { Enabled: true, Alarms: [{ Name: alarm }] };
  return template;
}

test('stack updates between deployments leave rules, target groups and task sets as the deployments left them', async () => {
  expect(await answer()).toBe('seed');
  for (const [round, version] of ['v1', 'v2', 'v3'].entries()) {
    await release(version);
    expect(await answer()).toBe(version);
    const before = await traffic();
    await update(allowed(round));
    expect(await traffic()).toEqual(before);
    expect(await answer()).toBe(version);
  }
});

test('a template that changes a rule would turn live traffic back, which is why no guard lets it through', async () => {
  const before = await traffic();
  expect(await answer()).toBe('v3'); // on green: blue is empty
  const template = allowed(2);
  template.Resources.ProductionRule.Properties.Conditions[0].PathPatternConfig.Values.push('/latest');
  await update(template);
  const after = await traffic();
  expect(after.taskSets).toEqual(before.taskSets);
  expect(after.rules).not.toEqual(before.rules);
  expect(await answer()).toBe('503');
});
