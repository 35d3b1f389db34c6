import type { Api } from '../../core/api.ts';
import type { Context } from '../../core/context.ts';
import type { Controller } from '../../core/controllers.ts';
import type { ResourceHandlers } from '../../core/resource.ts';
import { createApi } from './api.ts';
import { compileTable } from './compile.ts';
import type { Elbv2Ports, GroupMetrics, ListenerState } from './ports.ts';
import { Publisher } from './publisher.ts';
import { createResources } from './resources.ts';
import { type LocalPort, listenersOf, openTables, type Tables } from './rows.ts';
import type { Scene } from './scene.ts';
import {
  type Address,
  deregisterTarget,
  observeDrained,
  observeHealth,
  registerTarget,
  sweeper,
  type TargetHealth,
  targetHealth,
} from './target.ts';
import { setWeights, weights } from './weights.ts';

export type * from './ports.ts';
export type { Address, TargetHealth } from './target.ts';

/** Load balancers as Elastic Load Balancing has them; the balancer process carries them out. See README.md. */
export interface Elbv2 {
  resources: ResourceHandlers;
  api: Api;
  controllers: Controller[];
  /** Starts the balancer, sends it the table and listens to what it observes. */
  start(): void;
  /** The ARN of the target group of that name. */
  targetGroupArn(name: string): string | undefined;
  /** @throws {AwsError} TargetGroupNotFound, ValidationError for an address that cannot be a target */
  registerTarget(targetGroupArn: string, target: Address): void;
  deregisterTarget(targetGroupArn: string, target: Address): void;
  targetHealth(targetGroupArn: string): TargetHealth[];
  weights(listenerArn: string, targetGroupArns: string[]): Record<string, number>;
  setWeights(listenerArn: string, weights: Record<string, number>): Promise<void>;
  /** `http://127.0.0.1:<port>` of the listener at a port of the load balancer with that DNS name, where it listens. */
  localListener(dnsName: string, port: number): string | undefined;
  /** Counters by target group ARN since the balancer started. Rejects when it does not run. */
  metrics(): Promise<Record<string, GroupMetrics>>;
}

export function createElbv2(context: Context, { balancer, listen = {} }: Elbv2Ports): Elbv2 {
  const tables = openTables(context.store);
  const divided = (ms: number): number => context.pace.divided(ms);
  const compile = () => compileTable(tables, { listen, divided });
  const publisher = new Publisher({ balancer, compile, clock: context.clock, log: context.log });
  const scene: Scene = { context, tables, publisher };
  return {
    resources: createResources(scene),
    api: createApi(scene),
    controllers: [sweeper(scene)],
    start: () => {
      balancer.start({
        onHealth: targets => observeHealth(scene, targets),
        onDrained: targets => observeDrained(scene, targets),
        onListeners: listeners => observeListeners(scene, listeners),
      });
      publisher.start();
    },
    targetGroupArn: name => tables.targetGroups.values().find(group => group.name === name)?.arn,
    registerTarget: (arn, target) => registerTarget(scene, arn, target),
    deregisterTarget: (arn, target) => deregisterTarget(scene, arn, target),
    targetHealth: arn => targetHealth(tables, arn),
    weights: (arn, groups) => weights(scene, arn, groups),
    setWeights: (arn, wanted) => setWeights(scene, arn, wanted),
    localListener: (dnsName, port) => localListener(tables, dnsName, port),
    metrics: () => balancer.metrics(),
  };
}

function localListener(tables: Tables, dnsName: string, port: number): string | undefined {
  const name = dnsName.toLowerCase();
  const balancer = tables.loadBalancers.values().find(each => each.dnsName.toLowerCase() === name);
  const listener = balancer && listenersOf(tables, balancer.arn).find(each => each.port === port);
  const local = listener && tables.localPorts.get(listener.arn);
  return local?.listening ? `http://127.0.0.1:${local.port}` : undefined;
}

/** Writes down where listeners are reached; tells the operator when one cannot be. */
function observeListeners({ context, tables, publisher }: Scene, states: ListenerState[]): void {
  context.store.transaction(() => {
    for (const { key, port, listening, message } of states) {
      if (!tables.listeners.get(key)) continue;
      const before = tables.localPorts.get(key);
      const now: LocalPort = { port, listening, ...(message ? { message } : {}) };
      tables.localPorts.put(key, now);
      if (message && message !== before?.message) context.log(message);
    }
  });
  publisher.changed();
}
