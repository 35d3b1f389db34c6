import type { Duplex } from 'node:stream';
import type { Pool } from 'undici';
import type { Clock } from '../core/clock.ts';
import { type Health, INITIAL, intervalMs, nextHealth } from './health.ts';
import type { TargetReport } from './messages.ts';
import { openPool } from './pool.ts';
import { probe } from './probe.ts';
import type { HealthSettings, TargetEntry } from './table.ts';

export interface TargetOptions {
  clock: Clock;
  /** What was known of it before the balancer was started again. */
  health?: Health | undefined;
  /** Its state changed, or it has drained. */
  onChange(target: Target): void;
}

/** One registered target: its connections, its health, and its way out. */
export class Target {
  readonly group: string;
  readonly entry: TargetEntry;
  readonly pool: Pool;
  readonly #options: TargetOptions;
  readonly #tunnels = new Set<Duplex>();
  #tunnelsGone: (() => void) | undefined;
  #health: Health;
  #settings: HealthSettings | undefined;
  #probing: AbortController | undefined;
  #closed: Promise<void> | undefined;
  #drained = false;

  constructor(group: string, entry: TargetEntry, options: TargetOptions) {
    this.group = group;
    this.entry = entry;
    this.#options = options;
    this.#health = options.health ?? INITIAL;
    this.pool = openPool(entry.address, entry.port);
  }

  get health(): Health {
    return this.#health;
  }

  get draining(): boolean {
    return this.#closed !== undefined;
  }

  /** Deregistered, and nothing is left to do for it. */
  get drained(): boolean {
    return this.#drained;
  }

  report(): TargetReport {
    const { address, port, registration } = this.entry;
    return { group: this.group, address, port, registration, ...this.#state() };
  }

  /** Probes by these settings from now on; without them the target is not in use. */
  check(settings: HealthSettings | undefined): void {
    if (this.draining || JSON.stringify(settings) === JSON.stringify(this.#settings)) return;
    if (!settings) this.#health = INITIAL;
    this.#settings = settings;
    this.#probing?.abort();
    if (!settings) return;
    this.#probing = new AbortController();
    void this.#probeForever(settings, this.#probing.signal);
  }

  /** Keeps an upgraded or passed-through connection in mind: draining waits for it. */
  addTunnel(socket: Duplex): void {
    this.#tunnels.add(socket);
    socket.once('close', () => {
      this.#tunnels.delete(socket);
      if (this.#tunnels.size === 0) this.#tunnelsGone?.();
    });
  }

  /** Takes no new requests, lets those under way finish and cuts off what is left after `limitMs`. */
  drain(limitMs: number): Promise<void> {
    if (this.#closed) return this.#closed;
    this.#probing?.abort();
    const { clock } = this.#options;
    const cancel = clock.at(clock.now() + limitMs, () => this.cut());
    this.#closed = Promise.all([this.pool.close().catch(() => {}), this.#lastTunnel()]).then(() => {
      cancel();
      this.#drained = true;
      this.#options.onChange(this);
    });
    return this.#closed;
  }

  /** Ends every connection at once. */
  cut(): void {
    this.#probing?.abort();
    for (const tunnel of this.#tunnels) tunnel.destroy();
    if (!this.pool.destroyed) void this.pool.destroy(new Error('the deregistration delay is over'));
  }

  #lastTunnel(): Promise<void> {
    return new Promise(resolve => {
      if (this.#tunnels.size === 0) resolve();
      else this.#tunnelsGone = resolve;
    });
  }

  #state(): Pick<TargetReport, 'state' | 'reason' | 'description'> {
    if (this.draining)
      return {
        state: 'draining',
        reason: 'Target.DeregistrationInProgress',
        description: 'Target deregistration is in progress',
      };
    if (!this.#settings)
      return {
        state: 'unused',
        reason: 'Target.NotInUse',
        description: 'Target group is not configured to receive traffic from the load balancer',
      };
    const { state, reason, description } = this.#health;
    return { state, ...(reason ? { reason } : {}), ...(description ? { description } : {}) };
  }

  async #probeForever(settings: HealthSettings, signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    while (!signal.aborted) {
      const begun = clock.now();
      const result = await probe(this.entry, settings, signal);
      if (signal.aborted) return;
      this.#learn(nextHealth(this.#health, result, settings));
      const next = begun + intervalMs(this.#health, settings);
      await new Promise<void>(resolve => {
        const cancel = clock.at(next, resolve);
        const stop = (): void => {
          cancel();
          resolve();
        };
        signal.addEventListener('abort', stop, { once: true });
      });
    }
  }

  #learn(health: Health): void {
    const before = this.#health;
    this.#health = health;
    if (before.state !== health.state || before.description !== health.description)
      this.#options.onChange(this);
  }
}
