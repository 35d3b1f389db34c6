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
import type { EcsPorts } from './ports.ts';
import { serviceProperties, taskDefinitionProperties } from './test-properties.ts';
import { FakeRuntime } from './test-runtime.ts';
import { FakeTargets } from './test-targets.ts';

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
