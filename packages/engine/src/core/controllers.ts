import type { Clock } from './clock.ts';
import type { Store } from './store.ts';

/**
 * Compares desired with observed and takes one step. A step is called again after every committed change and at the
 * time it asked for, also after a crash in the middle of it; so each of its effects is keyed by a token or by state.
 */
export interface Controller {
  readonly name: string;
  /** The keys that still have something to do, read from the store. */
  active(): Iterable<string>;
  /** One step for `key`. Returns when to call again (epoch milliseconds) if nothing changes before. */
  // biome-ignore lint/suspicious/noConfusingVoidType: a step that has nothing to wait for simply ends
  step(key: string): Promise<number | void>;
}

export interface ControllersOptions {
  store: Store;
  clock: Clock;
  controllers: Controller[];
  /** A step that threw: a bug or an outside fault. The key is tried again after a second. */
  onError(error: unknown, controller: string, key: string): void;
}

const RETRY_AFTER_MS = 1000;
const STOP_LIMIT_MS = 500;

/** Runs controllers: one step at a time per key, keys side by side, woken by commits and by time. */
export class Controllers {
  readonly #options: ControllersOptions;
  readonly #running = new Map<string, Promise<void>>();
  readonly #again = new Set<string>();
  readonly #timers = new Map<string, () => void>();
  #unsubscribe: (() => void) | undefined;
  #scheduled = false;
  #stopped = true;

  constructor(options: ControllersOptions) {
    this.#options = options;
  }

  start(): void {
    this.#stopped = false;
    this.#unsubscribe = this.#options.store.onCommit(() => this.wake());
    this.wake();
  }

  /** Looks at every controller soon: once for all that is committed in this turn of the event loop. */
  wake(): void {
    if (this.#scheduled || this.#stopped) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      if (this.#stopped) return;
      for (const controller of this.#options.controllers) {
        for (const key of controller.active()) this.#run(controller, key);
      }
    });
  }

  /** Takes no further step and waits a moment for those under way; one that waits for more is taken again at the next start. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#unsubscribe?.();
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
    const { clock } = this.#options;
    await new Promise<void>(resolve => {
      const cancel = clock.at(clock.now() + STOP_LIMIT_MS, resolve);
      void Promise.all(this.#running.values()).then(() => {
        cancel();
        resolve();
      });
    });
  }

  /** Resolves when no step is under way and none is due now: what a test with a manual clock waits for. */
  async settled(): Promise<void> {
    do {
      await new Promise(resolve => setImmediate(resolve));
      await Promise.all(this.#running.values());
    } while (this.#running.size > 0 || this.#scheduled);
  }

  #run(controller: Controller, key: string): void {
    const id = `${controller.name} ${key}`;
    if (this.#running.has(id)) {
      this.#again.add(id);
      return;
    }
    this.#timers.get(id)?.();
    this.#timers.delete(id);
    const step = this.#step(controller, key, id).finally(() => {
      this.#running.delete(id);
      // This key only: waking all of them would mark others that run, which would mark this one, and so on for ever.
      const isDue = this.#again.delete(id) && !this.#stopped && [...controller.active()].includes(key);
      if (isDue) this.#run(controller, key);
    });
    this.#running.set(id, step);
  }

  async #step(controller: Controller, key: string, id: string): Promise<void> {
    let next: number | undefined;
    try {
      next = (await controller.step(key)) ?? undefined;
    } catch (error) {
      this.#options.onError(error, controller.name, key);
      next = this.#options.clock.now() + RETRY_AFTER_MS;
    }
    if (next === undefined || this.#stopped) return;
    const cancel = this.#options.clock.at(next, () => {
      this.#timers.delete(id);
      this.wake();
    });
    this.#timers.set(id, cancel);
  }
}
