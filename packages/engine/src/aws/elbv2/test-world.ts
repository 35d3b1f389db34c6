import { ManualClock } from '../../core/clock.ts';
import type { Context } from '../../core/context.ts';
import { Controllers } from '../../core/controllers.ts';
import { countingIds } from '../../core/ids.ts';
import { createPace } from '../../core/pace.ts';
import type { Properties, ResourceResult } from '../../core/resource.ts';
import { openStore, type Store } from '../../core/store.ts';
import { createElbv2, type Elbv2 } from './index.ts';
import type { BalancerObserver, BalancerPort, RoutingTable, TargetState } from './ports.ts';

export const PLACE = { region: 'ap-northeast-1', account: '123456789012' };
const STACK = { name: 'slipway-test', id: 'arn:stack/slipway-test/1', tags: { team: 'news' }, ...PLACE };

/** A balancer that remembers its tables and says what a test wants it to have observed. */
export class FakeBalancer implements BalancerPort {
  readonly tables: RoutingTable[] = [];
  /** Listener names whose port is taken. */
  readonly busy = new Set<string>();
  /** While true, tables are taken and not acknowledged. */
  silent = false;
  #observer: BalancerObserver | undefined;

  get table(): RoutingTable {
    return this.tables.at(-1)!;
  }

  start(observer: BalancerObserver): void {
    this.#observer = observer;
  }

  async publish(table: RoutingTable): Promise<void> {
    this.tables.push(structuredClone(table));
    if (this.silent) return new Promise(() => {});
    await Promise.resolve();
    this.#observer?.onListeners(
      table.listeners.map(({ key, name, address, port }, n) =>
        this.busy.has(name)
          ? {
              key,
              address,
              port,
              listening: false,
              code: 'EADDRINUSE',
              message: `EADDRINUSE: ${name} on ${port}`,
            }
          : { key, address, port: port || 50_000 + n, listening: true },
      ),
    );
  }

  async metrics() {
    return {};
  }

  /** Every target of the newest table is in that state now. */
  observe(state: TargetState, group: string): void {
    const entry = this.table.groups.find(({ key }) => key === group);
    const targets = entry?.targets.map(({ drainMs: _, ...target }) => ({ group, ...target, state })) ?? [];
    this.#observer?.onHealth(targets);
  }

  /** Every draining target of the newest table has drained. */
  drain(): void {
    const draining = this.table.groups.flatMap(({ key, targets }) =>
      targets
        .filter(({ drainMs }) => drainMs !== undefined)
        .map(({ drainMs: _, ...target }) => ({ group: key, ...target })),
    );
    this.#observer?.onDrained(draining);
  }
}

/** elbv2 with a store in memory, time that stands still and a balancer that does as it is told. */
export class World {
  readonly clock = new ManualClock();
  readonly store: Store;
  readonly balancer: FakeBalancer;
  readonly lines: string[] = [];
  readonly elbv2: Elbv2;
  #count = 0;

  constructor({
    listen = {},
    store,
    speed = 60,
  }: { listen?: Record<string, number>; store?: Store; speed?: number } = {}) {
    this.store = store ?? openStore(':memory:', this.clock);
    this.balancer = new FakeBalancer();
    const context: Context = {
      store: this.store,
      clock: this.clock,
      pace: createPace(speed),
      ids: countingIds(),
      ...PLACE,
      state: '/nowhere',
      endpoint: () => 'http://127.0.0.1:4566',
      log: line => this.lines.push(line),
    };
    this.elbv2 = createElbv2(context, { balancer: this.balancer, listen });
    this.elbv2.start();
  }

  /** The controllers, at work until disposed of. */
  controllers(): Controllers & AsyncDisposable {
    const onError = (error: unknown): void => void this.lines.push(String(error));
    const { store, clock } = this;
    const controllers = new Controllers({ store, clock, controllers: this.elbv2.controllers, onError });
    controllers.start();
    return Object.assign(controllers, { [Symbol.asyncDispose]: () => controllers.stop() });
  }

  create(kind: string, properties: Properties, token = `token-${++this.#count}`): Promise<ResourceResult> {
    return this.#handler(kind).create({ ...this.#request(kind, properties), token });
  }

  update(
    kind: string,
    physicalId: string,
    previous: Properties,
    properties: Properties,
  ): Promise<ResourceResult> {
    const token = `token-${++this.#count}`;
    return this.#handler(kind).update({ ...this.#request(kind, properties), token, physicalId, previous });
  }

  delete(kind: string, physicalId: string): Promise<void> {
    return this.#handler(kind).delete({
      ...this.#request(kind, {}),
      token: `token-${++this.#count}`,
      physicalId,
    });
  }

  /** A balancer with one listener and a rule for /news that forwards to blue; green waits. */
  async serviceBehindRule() {
    const { physicalId: balancer } = await this.create('LoadBalancer', {
      Name: 'slipway-staging',
      Scheme: 'internal',
    });
    const { physicalId: listener } = await this.create('Listener', {
      LoadBalancerArn: balancer,
      Port: 80,
      Protocol: 'HTTP',
      DefaultActions: [NOT_FOUND],
    });
    const { physicalId: blue } = await this.create('TargetGroup', targetGroup('news-staging-blue'));
    const { physicalId: green } = await this.create('TargetGroup', targetGroup('news-staging-green'));
    const properties = ruleProperties(listener, blue);
    const { physicalId: rule } = await this.create('ListenerRule', properties);
    return { balancer, listener, blue, green, rule, properties };
  }

  #handler(kind: string) {
    return this.elbv2.resources[`AWS::ElasticLoadBalancingV2::${kind}`]!;
  }

  #request(kind: string, properties: Properties) {
    return { stack: STACK, logicalId: kind, type: `AWS::ElasticLoadBalancingV2::${kind}`, properties };
  }
}

export const NOT_FOUND = {
  Type: 'fixed-response',
  FixedResponseConfig: {
    StatusCode: '404',
    ContentType: 'text/plain',
    MessageBody: 'No service has this path',
  },
};

export function targetGroup(name: string): Properties {
  return {
    Name: name,
    Port: 3000,
    Protocol: 'HTTP',
    TargetType: 'ip',
    VpcId: 'vpc-1',
    HealthCheckPath: '/news/healthz',
    HealthCheckIntervalSeconds: 30,
    TargetGroupAttributes: [{ Key: 'deregistration_delay.timeout_seconds', Value: '60' }],
  };
}

export function ruleProperties(listener: string, group: string): Properties {
  return {
    ListenerArn: listener,
    Priority: 10,
    Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/news', '/news/*'] } }],
    Actions: [{ Type: 'forward', TargetGroupArn: group }],
  };
}
