import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '../../core/clock.ts';
import type { Context } from '../../core/context.ts';
import { Controllers } from '../../core/controllers.ts';
import { countingIds } from '../../core/ids.ts';
import { createPace } from '../../core/pace.ts';
import type { Properties, ResourceRequest } from '../../core/resource.ts';
import { openStore } from '../../core/store.ts';
import { createEcs, type EcsFacade } from './index.ts';
import type {
  ContainerSpec,
  ContainerStatus,
  EcsPorts,
  HealthCheckRun,
  HealthCheckStatus,
  HealthChecks,
  Runtime,
  Target,
  TargetHealth,
} from './ports.ts';

export const BLUE =
  'arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:targetgroup/news-staging-blue/1';
export const GREEN =
  'arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:targetgroup/news-staging-green/2';

/** Health checks in memory, which answer at once what a test says of their container, or hang until they are killed. */
class FakeChecks implements HealthChecks {
  /** Every check that was started, as `feed 1`. */
  readonly started: string[] = [];
  /** Exit codes by container; 0 unless told otherwise. */
  answers: Record<string, number | 'hangs'> = {};
  readonly #runs = new Map<string, HealthCheckStatus>();
  readonly #told: (taskId: string) => void;

  constructor(told: (taskId: string) => void) {
    this.#told = told;
  }

  async start(run: HealthCheckRun): Promise<void> {
    this.started.push(`${run.name} ${run.number}`);
    const answer = this.answers[run.name] ?? 0;
    if (answer === 'hangs') this.#runs.set(keyOf(run), { state: 'running' });
    else this.#end(run, answer);
  }
  status(run: HealthCheckRun): HealthCheckStatus {
    return this.#runs.get(keyOf(run)) ?? { state: 'unknown' };
  }
  kill(run: HealthCheckRun): void {
    if (this.status(run).state === 'running') this.#end(run, 137);
  }
  forget(run: HealthCheckRun): void {
    this.#runs.delete(keyOf(run));
  }
  #end(run: HealthCheckRun, exitCode: number): void {
    this.#runs.set(keyOf(run), { state: 'exited', exitCode, output: exitCode === 1 ? 'it is ill' : '' });
    this.#told(run.taskId);
  }
}

function keyOf({ taskId, name, number }: HealthCheckRun): string {
  return `${taskId}/${name}/${number}`;
}

/** A runtime in memory: containers run until a test, SIGKILL, or SIGTERM (for those that hear it) ends them. */
class FakeRuntime implements Runtime {
  readonly checks = new FakeChecks(taskId => this.#listener(taskId));
  readonly started: ContainerSpec[] = [];
  readonly signals: string[] = [];
  /** Makes starting fail with this sentence. */
  refuses: string | undefined;
  hearsSigterm = true;
  readonly #containers = new Map<string, ContainerStatus>();
  #listener: (taskId: string) => void = () => {};

  async place({ ports }: { ports: number[] }) {
    const address = `127.1.0.${this.started.length + this.#containers.size + 1 + this.#placed++}`;
    return { address, ports: Object.fromEntries(ports.map(port => [port, port])) };
  }
  #placed = 0;

  async start(spec: ContainerSpec): Promise<ContainerStatus> {
    if (this.refuses) throw new Error(this.refuses);
    const key = `${spec.taskId}/${spec.name}`;
    if (!this.#containers.has(key)) {
      this.started.push(spec);
      this.#containers.set(key, { state: 'running' });
    }
    return this.status(spec.taskId, spec.name);
  }
  status(taskId: string, name: string): ContainerStatus {
    return this.#containers.get(`${taskId}/${name}`) ?? { state: 'unknown' };
  }
  signal(taskId: string, name: string, signal: 'SIGTERM' | 'SIGKILL'): void {
    if (this.status(taskId, name).state !== 'running') return;
    this.signals.push(`${signal} ${taskId}/${name}`);
    if (signal === 'SIGKILL') this.exit(taskId, name, 137);
    else if (this.hearsSigterm) this.exit(taskId, name, 0);
  }
  exit(taskId: string, name: string, exitCode: number): void {
    this.#containers.set(`${taskId}/${name}`, { state: 'exited', exitCode });
    this.#listener(taskId);
  }
  onExit(listener: (taskId: string) => void): () => void {
    this.#listener = listener;
    return () => {};
  }
  forget(taskId: string, names: string[]): void {
    for (const name of names) this.#containers.delete(`${taskId}/${name}`);
  }
  retain(): void {}
}

/** Target groups in memory whose targets are what a test says: healthy at once unless told otherwise. */
class FakeTargets {
  readonly log: string[] = [];
  becomes: TargetHealth['state'] = 'healthy';
  /** Draining ends at once, or when `drained` is called. */
  drainsAtOnce = true;
  #groups = new Map<string, TargetHealth[]>();

  registerTarget(group: string, target: Target): void {
    if (group.includes('missing')) throw new Error('Target groups not found');
    this.log.push(`register ${target.address}:${target.port}`);
    const others = this.targetHealth(group).filter(each => each.address !== target.address);
    this.#groups.set(group, [...others, { ...target, state: this.becomes }]);
  }
  deregisterTarget(group: string, target: Target): void {
    this.log.push(`deregister ${target.address}:${target.port}`);
    this.#change(group, each => (each.address === target.address ? { ...each, state: 'draining' } : each));
    if (this.drainsAtOnce) this.drained();
  }
  drained(): void {
    for (const [group, all] of this.#groups) {
      this.#groups.set(
        group,
        all.filter(each => each.state !== 'draining'),
      );
    }
  }
  set(group: string, state: TargetHealth['state'], description?: string): void {
    this.#change(group, ({ description: _, ...each }) => ({
      ...each,
      state,
      ...(description !== undefined && { description }),
    }));
  }
  targetHealth(group: string): TargetHealth[] {
    return this.#groups.get(group) ?? [];
  }
  #change(group: string, change: (each: TargetHealth) => TargetHealth): void {
    this.#groups.set(group, this.targetHealth(group).map(change));
  }
}

/** ECS with a manual clock, a runtime and target groups in memory, and the cluster and task definition of a service. */
export function openScene() {
  const state = mkdtempSync(join(tmpdir(), 'slipway-ecs-'));
  const clock = new ManualClock();
  const store = openStore(':memory:', clock);
  const errors: unknown[] = [];
  const context: Context = {
    store,
    clock,
    pace: createPace(60),
    ids: countingIds(),
    account: '123456789012',
    region: 'ap-northeast-1',
    state,
    endpoint: () => 'http://127.0.0.1:4566',
    log: () => {},
  };
  const runtime = new FakeRuntime();
  const targets = new FakeTargets();
  const ports: EcsPorts = {
    images: {
      resolveImage: async reference => {
        if (reference.includes('missing')) throw new Error(`${reference}: not found`);
        return {
          digest: `sha256:${'a'.repeat(64)}`,
          config: { architecture: 'amd64', os: 'linux', rootfs: { type: 'layers', diff_ids: [] } },
          layers: [],
        };
      },
    },
    targets,
    runtime,
    logs: {
      file: (_group, stream) => join(state, stream.replaceAll('/', '-')),
      tail: () => ['the last line'],
    },
    credentials: { environment: (role, session) => ({ AWS_ACCESS_KEY_ID: `${role} ${session}` }) },
  };
  const open = () => {
    const ecs = createEcs(context, ports);
    const controllers = new Controllers({
      store,
      clock,
      controllers: ecs.controllers,
      onError: e => errors.push(e),
    });
    controllers.start();
    return { ecs, controllers };
  };
  let engine = open();

  const scene = {
    context,
    clock,
    store,
    runtime,
    targets,
    ports,
    errors,
    get ecs(): EcsFacade {
      return engine.ecs;
    },
    call: (operation: string, input: object = {}) =>
      // biome-ignore lint/suspicious/noExplicitAny: answers are looked into by tests
      engine.ecs.api.operations[operation]!(input, { account: '', region: '', accessKeyId: '' }) as any,
    settled: () => engine.controllers.settled(),
    /** Moves time on, second by second, and lets everything settle. */
    pass: async (ms: number) => {
      for (let left = ms; left > 0; left -= 1000) {
        clock.advance(Math.min(left, 1000));
        await engine.controllers.settled();
      }
    },
    /** As after kill -9: nothing of the old engine acts any more, a new one reads the tables. */
    restart: async () => {
      await engine.controllers.stop();
      engine = open();
      await engine.controllers.settled();
    },
    create: (type: string, properties: Properties, token = `create ${type}`) =>
      engine.ecs.resources[type]!.create(request(type, properties, token)),
    update: (
      type: string,
      physicalId: string,
      previous: Properties,
      properties: Properties,
      token = 'update',
    ) => engine.ecs.resources[type]!.update({ ...request(type, properties, token), physicalId, previous }),
    close: async () => {
      await engine.controllers.stop();
      store.close();
      rmSync(state, { recursive: true, force: true });
    },
  };
  return scene;
}

export type Scene = ReturnType<typeof openScene>;

function request(type: string, properties: Properties, token: string): ResourceRequest {
  const stack = {
    name: 'slipway-news-staging',
    id: 'arn:stack',
    region: 'ap-northeast-1',
    account: '1',
    tags: {},
  };
  return { stack, logicalId: 'Resource', type, properties, token };
}

export function taskDefinitionProperties(over: Properties = {}): Properties {
  return {
    Family: 'slipway-news-staging',
    NetworkMode: 'awsvpc',
    Cpu: '256',
    Memory: '512',
    TaskRoleArn: 'arn:aws:iam::123456789012:role/slipway-news-staging-task',
    ContainerDefinitions: [
      {
        Name: 'news',
        Image: '123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/slipway/news:1',
        Essential: true,
        Environment: [{ Name: 'PORT', Value: '3000' }],
        PortMappings: [{ ContainerPort: 3000, Protocol: 'tcp' }],
        LogConfiguration: {
          LogDriver: 'awslogs',
          Options: { 'awslogs-group': '/slipway/staging/news', 'awslogs-stream-prefix': 'news' },
        },
        StopTimeout: 60,
        ...over,
      },
    ],
  };
}

export function serviceProperties(over: Properties = {}): Properties {
  return {
    Cluster: 'slipway-staging',
    ServiceName: 'news',
    DesiredCount: 2,
    DeploymentController: { Type: 'CODE_DEPLOY' },
    DeploymentConfiguration: { MaximumPercent: 200, MinimumHealthyPercent: 100 },
    HealthCheckGracePeriodSeconds: 60,
    LoadBalancers: [{ ContainerName: 'news', ContainerPort: 3000, TargetGroupArn: BLUE }],
    NetworkConfiguration: { AwsvpcConfiguration: { Subnets: ['subnet-1'] } },
    TaskDefinition: 'slipway-news-staging',
    ...over,
  };
}

/** A scene with the cluster and the task definition in place. */
export async function openStaging(container: Properties = {}): Promise<Scene> {
  const scene = openScene();
  await scene.create('AWS::ECS::Cluster', { ClusterName: 'slipway-staging' });
  await scene.create('AWS::ECS::TaskDefinition', taskDefinitionProperties(container));
  return scene;
}

/** A scene with a steady service of two tasks. */
export async function openSteady(service: Properties = {}): Promise<Scene> {
  const scene = await openStaging();
  await scene.create('AWS::ECS::Service', serviceProperties(service));
  await scene.settled();
  return scene;
}
