import { ManualClock } from '../../core/clock.ts';
import type { Context } from '../../core/context.ts';
import { Controllers } from '../../core/controllers.ts';
import { AwsError } from '../../core/errors.ts';
import { countingIds } from '../../core/ids.ts';
import { createPace } from '../../core/pace.ts';
import type { Properties, ResourceHandler, ResourceHandlers, ResourceRequest } from '../../core/resource.ts';
import { openStore, type Store } from '../../core/store.ts';
import { type CloudFormation, createCloudFormation } from './index.ts';

/** One call of a handler of `Things`. */
export interface Call {
  did: 'create' | 'update' | 'delete';
  logicalId: string;
  physicalId?: string;
  properties: Properties;
  previous?: Properties;
  tags: Record<string, string>;
  token: string;
}

/**
 * Stands for the services in tests: resources of the type `Test::Engine::Thing`. `Fail` makes create and update fail,
 * `FailDelete` delete; `Wait` holds a call until `release`; another `Name` replaces it. The same token is done once.
 */
export class Things implements ResourceHandler {
  readonly calls: Call[] = [];
  readonly alive = new Map<string, Properties>();
  readonly #done = new Map<string, string>();
  readonly #waiting = new Map<string, () => void>();

  async create(request: ResourceRequest) {
    await this.#called('create', request);
    const known = this.#done.get(request.token);
    const physicalId =
      known ??
      `${pathOf(request)}${String(request.properties.Name ?? request.logicalId)}-${this.#done.size + 1}`;
    if (request.properties.Fail) {
      const error = new Error(String(request.properties.Fail));
      throw request.properties.Partly
        ? Object.assign(error, { physicalId: this.#made(request, physicalId) })
        : error;
    }
    return this.#answer(request, this.#made(request, physicalId));
  }

  async update(request: ResourceRequest & { physicalId: string; previous: Properties }) {
    await this.#called('update', request);
    if (request.properties.Fail) throw new Error(String(request.properties.Fail));
    const same = request.properties.Name === request.previous.Name;
    const physicalId = same
      ? request.physicalId
      : `${String(request.properties.Name)}-${this.#done.size + 1}`;
    return this.#answer(request, this.#made(request, this.#done.get(request.token) ?? physicalId));
  }

  async delete(request: ResourceRequest & { physicalId: string }) {
    await this.#called('delete', request);
    if (request.properties.FailDelete) throw new Error(String(request.properties.FailDelete));
    this.alive.delete(request.physicalId);
  }

  /** Lets the held call of a resource go on. */
  release(logicalId: string): void {
    this.#waiting.get(logicalId)?.();
    this.#waiting.delete(logicalId);
  }

  /** The calls as `create A`, in order. */
  did(): string[] {
    return this.calls.map(call => `${call.did} ${call.logicalId}`);
  }

  async #called(did: Call['did'], request: ResourceRequest & { physicalId?: string; previous?: Properties }) {
    const { logicalId, properties, token, stack, physicalId, previous } = request;
    this.calls.push({
      did,
      logicalId,
      properties,
      token,
      tags: stack.tags,
      ...(physicalId === undefined ? {} : { physicalId }),
      ...(previous === undefined ? {} : { previous }),
    });
    if (properties.Wait && did !== 'delete') await new Promise<void>(go => this.#waiting.set(logicalId, go));
  }

  #made({ token, properties }: ResourceRequest, physicalId: string): string {
    this.#done.set(token, physicalId);
    this.alive.set(physicalId, properties);
    return physicalId;
  }

  #answer({ properties }: ResourceRequest, physicalId: string) {
    const names = {
      ...{ Name: physicalId, DNSName: physicalId, TargetGroupName: physicalId },
      ...{ CanonicalHostedZoneID: 'Z1', LoadBalancerFullName: physicalId, TargetGroupFullName: physicalId },
    };
    return { physicalId, attributes: { ...names, Arn: `arn:${physicalId}`, Value: properties.Value ?? '' } };
  }
}

/** Templates cut the path of a balancer out of its ARN. */
function pathOf({ type }: ResourceRequest): string {
  return type === 'AWS::ElasticLoadBalancingV2::LoadBalancer' ? 'arn:loadbalancer/app/' : '';
}

export interface Scene {
  context: Context;
  clock: ManualClock;
  things: Things;
  cloudformation: CloudFormation;
  parameters: Map<string, string>;
  /** Deploys and waits until nothing more happens. */
  deploy(template: object, more?: Partial<Parameters<CloudFormation['deployStack']>[0]>): Promise<Outcome>;
  remove(stackName?: string, token?: string): Promise<Outcome>;
  settled(): Promise<void>;
  /** The stack as DescribeStacks tells it. */
  stack(name?: string): Promise<StackView>;
  /** `<logical id> <status>` of the stack's events, oldest first. */
  events(name?: string): Promise<string[]>;
  /** From now on the engine dies at its transaction number `count`, counted from 0: it writes nothing any more. */
  killAt(count: number): void;
  /** Whether `killAt` came to pass. */
  killed(): boolean;
  /** The engine is killed and started again over the same state and the same things. */
  crash(): Promise<void>;
  close(): Promise<void>;
}

type Outcome = NonNullable<ReturnType<CloudFormation['stackOperation']>>;

export interface StackView {
  StackId: string;
  StackStatus: string;
  StackStatusReason?: string;
  Outputs: { OutputKey: string; OutputValue: string }[];
  Tags: { Key: string; Value: string }[];
}

export const caller = { region: 'ap-northeast-1', account: '123456789012', accessKeyId: 'AKIA' };

/** CloudFormation with a manual clock, a store in memory and `Things`. */
export function openScene(
  handlers: ResourceHandlers = {},
  getObject: (bucket: string, key: string) => Promise<string> = async () =>
    Promise.reject(new AwsError('NoSuchKey', 'no')),
): Scene {
  const clock = new ManualClock();
  const store = openStore(':memory:', clock);
  const ids = countingIds();
  const things = new Things();
  const parameters = new Map<string, string>();
  const context: Context = {
    store,
    clock,
    pace: createPace(60),
    ids,
    account: caller.account,
    region: caller.region,
    state: '/nowhere',
    endpoint: () => 'http://127.0.0.1:4566',
    log: line => tell(new Error(line)),
  };
  const tell = (error: unknown): void => {
    if (left > 0) throw error;
  };
  let left = Number.POSITIVE_INFINITY;
  const mortal: Store = {
    ...store,
    events: store.events,
    transaction: work => {
      if (left <= 0) throw new Error('killed');
      left--;
      return store.transaction(work);
    },
  };
  const start = () => {
    const cloudformation = createCloudFormation(
      { ...context, store: mortal },
      {
        handlers: () => ({ 'Test::Engine::Thing': things, ...handlers }),
        parameter: name => parameters.get(name),
        secret: ({ secretId }) => (secretId === 'known' ? 'hidden' : undefined),
        hasRole: arn => !arn.endsWith('/gone'),
        getObject,
      },
    );
    const controllers = new Controllers({
      store,
      clock,
      controllers: cloudformation.controllers,
      onError: tell,
    });
    controllers.start();
    return { cloudformation, controllers };
  };
  let running = start();
  let count = 0;
  const call = async (operation: string, input: object): Promise<never> =>
    (await running.cloudformation.api.operations[operation]?.(input, caller)) as never;
  const finish = async (token: string): Promise<Outcome> => {
    await scene.settled();
    return running.cloudformation.stackOperation(token) as Outcome;
  };

  const scene: Scene = {
    context,
    clock,
    things,
    parameters,
    get cloudformation() {
      return running.cloudformation;
    },
    deploy: (template, more = {}) => {
      const token = more.token ?? `deploy-${++count}`;
      running.cloudformation.deployStack({
        stackName: 'web',
        template,
        mode: 'CREATE_UPDATE',
        capabilities: [],
        ...more,
        token,
      });
      return finish(token);
    },
    remove: (stackName = 'web', token = `remove-${++count}`) => {
      running.cloudformation.deleteStack({ token, stackName });
      return finish(token);
    },
    settled: async () => {
      for (let turn = 0; turn < 5; turn++) await new Promise(resolve => setImmediate(resolve));
      await running.controllers.settled();
    },
    stack: async (name = 'web') => {
      const { Stacks } = (await call('DescribeStacks', { StackName: name })) as { Stacks: [StackView] };
      return Stacks[0];
    },
    events: async (name = 'web') => {
      const { StackEvents } = (await call('DescribeStackEvents', { StackName: name })) as {
        StackEvents: { LogicalResourceId: string; ResourceStatus: string }[];
      };
      return StackEvents.map(each => `${each.LogicalResourceId} ${each.ResourceStatus}`).reverse();
    },
    killAt: at => {
      left = at;
    },
    killed: () => left <= 0,
    crash: async () => {
      left = Number.POSITIVE_INFINITY;
      await running.controllers.stop();
      running = start();
      await scene.settled();
    },
    close: async () => {
      await running.controllers.stop();
      store.close();
    },
  };
  return scene;
}

/** A template of things; dependencies come from `Ref` in their properties. */
export function things(resources: Record<string, object>, more: object = {}): object {
  const entries = Object.entries(resources).map(([logicalId, properties]) => {
    const { DependsOn, DeletionPolicy, UpdateReplacePolicy, Metadata, ...Properties } =
      properties as Properties;
    const attributes = { DependsOn, DeletionPolicy, UpdateReplacePolicy, Metadata };
    const present = Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined));
    return [logicalId, { Type: 'Test::Engine::Thing', Properties, ...present }];
  });
  return { Resources: Object.fromEntries(entries), ...more };
}
