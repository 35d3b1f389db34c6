import type { Clock } from '../../core/clock.ts';
import { messageOf } from '../../core/errors.ts';
import type { BalancerPort, RoutingTable } from './ports.ts';

const LONGEST_WAIT_MS = 30_000;

/** Keeps the balancer's table equal to what the rows say. */
export class Publisher {
  readonly #balancer: BalancerPort;
  readonly #compile: () => RoutingTable;
  readonly #clock: Clock;
  readonly #log: (line: string) => void;
  #sent: string | undefined;
  #inForce: Promise<void> = Promise.resolve();
  #scheduled = false;
  #started = false;

  constructor(options: {
    balancer: BalancerPort;
    compile: () => RoutingTable;
    clock: Clock;
    log(line: string): void;
  }) {
    this.#balancer = options.balancer;
    this.#compile = options.compile;
    this.#clock = options.clock;
    this.#log = options.log;
  }

  /** Sends the first table; before, nothing is sent. */
  start(): void {
    this.#started = true;
    this.#send();
  }

  /** Rows have changed: the table is sent once the transaction under way is over. */
  changed(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      this.#send();
    });
  }

  /** Resolves when the balancer follows the rows as they are now. Rejects when it has not after half a minute. */
  async settled(): Promise<void> {
    this.#send();
    let cancel = (): void => {};
    const late = new Promise<never>((_, reject) => {
      cancel = this.#clock.at(this.#clock.now() + LONGEST_WAIT_MS, () =>
        reject(
          new Error(`the balancer has not acknowledged its routing table for ${LONGEST_WAIT_MS / 1000} s`),
        ),
      );
    });
    try {
      await Promise.race([this.#inForce, late]);
    } finally {
      cancel();
    }
  }

  #send(): void {
    if (!this.#started) return;
    const table = this.#compile();
    const text = JSON.stringify(table);
    if (text === this.#sent) return;
    this.#sent = text;
    this.#inForce = this.#balancer.publish(table);
    this.#inForce.catch(error => {
      if (error?.name !== 'AbortError') this.#log(`the routing table is not in force: ${messageOf(error)}`);
    });
  }
}
