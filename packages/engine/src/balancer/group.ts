import type { Clock } from '../core/clock.ts';
import type { Health } from './health.ts';
import { emptyMetrics } from './metrics.ts';
import type { GroupEntry, TargetEntry } from './table.ts';
import { Target } from './target.ts';

export interface GroupOptions {
  clock: Clock;
  /** Health that was known before the balancer was started again, by target key. */
  remembered(key: string): Health | undefined;
  onChange(target: Target): void;
}

/** A deregistered target that vanished from the table still finishes what it does, within ALB's longest delay. */
const LONGEST_DRAIN_MS = 3_600_000;

/** A target group: who gets the next request. */
export class Group {
  readonly key: string;
  readonly metrics = emptyMetrics();
  readonly #options: GroupOptions;
  readonly #targets = new Map<string, Target>();
  #eligible: Target[] = [];
  #turn = 0;

  constructor(key: string, options: GroupOptions) {
    this.key = key;
    this.#options = options;
  }

  get targets(): Target[] {
    return [...this.#targets.values()];
  }

  /** The next target in turn: healthy ones, or all when every one has failed its checks; undefined: 503. */
  pick(): Target | undefined {
    const eligible = this.#eligible;
    if (this.#turn >= eligible.length) this.#turn = 0;
    return eligible[this.#turn++];
  }

  update(entry: GroupEntry): void {
    const wanted = new Map(entry.targets.map(target => [targetKey(entry.key, target), target]));
    for (const [key, target] of this.#targets) {
      if (wanted.has(key)) continue;
      this.#targets.delete(key);
      void target.drain(LONGEST_DRAIN_MS);
    }
    for (const [key, target] of wanted) {
      const known = this.#targets.get(key) ?? this.#add(key, target);
      if (target.drainMs === undefined) known.check(entry.health);
      else void known.drain(target.drainMs);
    }
    this.#choose();
  }

  /** Lets every target finish what it does and forgets them. */
  close(): Promise<unknown> {
    return Promise.all(this.targets.map(target => target.drain(LONGEST_DRAIN_MS)));
  }

  #add(key: string, entry: TargetEntry): Target {
    const target = new Target(this.key, entry, {
      clock: this.#options.clock,
      health: this.#options.remembered(key),
      onChange: changed => {
        this.#choose();
        this.#options.onChange(changed);
      },
    });
    this.#targets.set(key, target);
    return target;
  }

  #choose(): void {
    const registered = this.targets.filter(target => !target.draining);
    const healthy = registered.filter(target => target.health.state === 'healthy');
    this.#eligible =
      healthy.length > 0 ? healthy : registered.filter(target => target.health.state === 'unhealthy');
  }
}

export function targetKey(group: string, { address, port, registration }: TargetEntry): string {
  return `${group} ${address}:${port} ${registration}`;
}
