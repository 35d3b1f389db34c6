import type { Clock } from '../core/clock.ts';
import { Group, targetKey } from './group.ts';
import type { Health } from './health.ts';
import { openHttpListener } from './http-listener.ts';
import { type Listener, listening, notListening } from './listener.ts';
import type { GroupMetrics, ListenerState, TargetRef, TargetReport } from './messages.ts';
import { AccessLog } from './metrics.ts';
import type { Services } from './services.ts';
import type { ListenerEntry, RoutingTable } from './table.ts';
import type { Target } from './target.ts';
import { openTcpListener } from './tcp-listener.ts';

export interface BalancerOptions {
  clock: Clock;
  random(): number;
  log(line: string): void;
  /** Health known before a restart, by target key. */
  health?: Record<string, Health>;
  /** Ports of flexible listeners before a restart, by listener key. */
  ports?: Record<string, number>;
}

export interface BalancerEvents {
  onHealth(targets: TargetReport[]): void;
  onDrained(targets: TargetRef[]): void;
  onListeners(listeners: ListenerState[]): void;
}

const RETRY_LISTEN_MS = 1000;

/** Carries out routing tables: listeners, groups of targets, and what happens between them. */
export class Balancer {
  readonly accessLog = new AccessLog();
  events: BalancerEvents | undefined;
  #number = 0;
  readonly #options: BalancerOptions;
  readonly #groups = new Map<string, Group>();
  readonly #listeners = new Map<string, { entry: ListenerEntry; listener: Listener }>();
  readonly #states = new Map<string, ListenerState>();
  #entries: ListenerEntry[] = [];
  #told = new Map<string, TargetReport>();
  #work: Promise<void> = Promise.resolve();
  #cancelRetry: (() => void) | undefined;
  #closing = false;

  constructor(options: BalancerOptions) {
    this.#options = options;
  }

  /** The number of the table in force, 0 before the first. */
  get number(): number {
    return this.#number;
  }

  /**
   * Puts a table in force: routes and targets change at once, for the next request; then ports are opened and closed.
   * Resolves when every port listens or is known not to. Requests under way are never touched.
   */
  apply(table: RoutingTable): Promise<void> {
    if (table.number < this.#number) return this.#work;
    this.#number = table.number;
    this.#entries = table.listeners;
    this.#swapGroups(table);
    for (const entry of table.listeners) this.#listeners.get(entry.key)?.listener.update(entry);
    this.#tellHealth();
    return this.#openAndClose();
  }

  health(): TargetReport[] {
    return this.#targets().map(target => target.report());
  }

  /** What a restarted balancer should know, by target key. */
  knownHealth(): Record<string, Health> {
    return Object.fromEntries(
      this.#targets().map(target => [targetKey(target.group, target.entry), target.health]),
    );
  }

  drained(): TargetRef[] {
    const done = this.#targets().filter(target => target.drained);
    return done.map(({ group, entry: { address, port, registration } }) => ({
      group,
      address,
      port,
      registration,
    }));
  }

  listeners(): ListenerState[] {
    return [...this.#states.values()];
  }

  metrics(): Record<string, GroupMetrics> {
    return Object.fromEntries([...this.#groups].map(([key, group]) => [key, group.metrics]));
  }

  /** Closes every port, lets requests finish for at most `limitMs`, then ends what is left. */
  async close(limitMs: number): Promise<void> {
    this.#closing = true;
    this.#cancelRetry?.();
    await this.#work;
    const { clock } = this.#options;
    const open = [...this.#listeners.values()].map(({ listener }) => listener);
    const cancel = clock.at(clock.now() + limitMs, () => {
      for (const listener of open) listener.cut();
      for (const target of this.#targets()) target.cut();
    });
    await Promise.all(open.map(listener => listener.close()));
    await Promise.all([...this.#groups.values()].map(group => group.close()));
    cancel();
  }

  #targets(): Target[] {
    return [...this.#groups.values()].flatMap(group => group.targets);
  }

  #swapGroups(table: RoutingTable): void {
    const wanted = new Set(table.groups.map(entry => entry.key));
    for (const [key, group] of this.#groups) {
      if (wanted.has(key)) continue;
      this.#groups.delete(key);
      void group.close();
    }
    for (const entry of table.groups) {
      const group = this.#groups.get(entry.key) ?? this.#addGroup(entry.key);
      group.update(entry);
    }
  }

  #addGroup(key: string): Group {
    const group = new Group(key, {
      clock: this.#options.clock,
      remembered: target => this.#options.health?.[target],
      onChange: target => this.#onTarget(target),
    });
    this.#groups.set(key, group);
    return group;
  }

  #onTarget(target: Target): void {
    if (!this.#groups.get(target.group)?.targets.includes(target)) return;
    const { address, port, registration } = target.entry;
    if (target.drained) this.events?.onDrained([{ group: target.group, address, port, registration }]);
    else this.#tellHealth();
  }

  /** Tells what differs from what was told last. */
  #tellHealth(): void {
    const now = new Map(this.health().map(report => [targetKey(report.group, report), report]));
    const changed = [...now].filter(([key, report]) => !isSame(this.#told.get(key), report));
    this.#told = now;
    if (changed.length > 0) this.events?.onHealth(changed.map(([, report]) => report));
  }

  /** One change of ports at a time, in the order of the tables. */
  #openAndClose(): Promise<void> {
    const next = this.#work.then(() => this.#reconcilePorts());
    this.#work = next.catch(error => this.#options.log(`changing listeners: ${String(error)}`));
    return this.#work;
  }

  async #reconcilePorts(): Promise<void> {
    if (this.#closing) return;
    const entries = this.#entries;
    const before = JSON.stringify(this.listeners());
    const wanted = new Map(entries.map(entry => [entry.key, entry]));
    for (const [key, { entry, listener }] of this.#listeners) {
      const next = wanted.get(key);
      if (next && sameSocket(entry, next)) continue;
      this.#listeners.delete(key);
      void listener.close();
    }
    for (const key of this.#states.keys()) if (!wanted.has(key)) this.#states.delete(key);
    for (const entry of entries) if (!this.#listeners.has(entry.key)) await this.#open(entry);
    this.#retryLater();
    if (JSON.stringify(this.listeners()) !== before) this.events?.onListeners(this.listeners());
  }

  async #open(entry: ListenerEntry): Promise<void> {
    const open = entry.protocol === 'TCP' ? openTcpListener : openHttpListener;
    try {
      const listener = await open(entry, this.#services(), entry.port || this.#options.ports?.[entry.key]);
      this.#listeners.set(entry.key, { entry, listener });
      const newest = this.#entries.find(({ key }) => key === entry.key);
      if (newest) listener.update(newest);
      this.#states.set(entry.key, listening(entry, listener.port));
    } catch (error) {
      const state = notListening(entry, error as NodeJS.ErrnoException);
      if (!this.#states.get(entry.key)?.message) this.#options.log(state.message!);
      this.#states.set(entry.key, state);
    }
  }

  #retryLater(): void {
    this.#cancelRetry?.();
    if (!this.listeners().some(state => !state.listening)) return;
    const { clock } = this.#options;
    this.#cancelRetry = clock.at(clock.now() + RETRY_LISTEN_MS, () => void this.#openAndClose());
  }

  #services(): Services {
    const { clock, random, log } = this.#options;
    return { clock, random, log, accessLog: this.accessLog, group: key => this.#groups.get(key) };
  }
}

function isSame(one: TargetReport | undefined, other: TargetReport): boolean {
  return one?.state === other.state && one.description === other.description;
}

/** Whether two entries can be served by the same open port. */
function sameSocket(one: ListenerEntry, other: ListenerEntry): boolean {
  if (one.protocol !== other.protocol || one.address !== other.address) return false;
  return one.port === other.port || (one.flexible && other.flexible);
}
