/** The time of the engine: everything below main asks this instead of the machine. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls `run` once at or after `at` (epoch milliseconds). Returns a function that calls it off. */
  at(at: number, run: () => void): () => void;
}

/** Timers longer than this overflow Node's 32-bit delay, so they are set in steps. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The machine's own time. Its timers do not keep the process alive. */
export class SystemClock implements Clock {
  now(): number {
    return Date.now();
  }

  at(at: number, run: () => void): () => void {
    let timer: NodeJS.Timeout;
    const arm = (): void => {
      const delay = Math.max(0, at - Date.now());
      timer = delay > LONGEST_TIMER_MS ? setTimeout(arm, LONGEST_TIMER_MS) : setTimeout(run, delay);
      timer.unref();
    };
    arm();
    return () => clearTimeout(timer);
  }
}

/** Time that stands still until a test moves it. */
export class ManualClock implements Clock {
  #now: number;
  #timers: { at: number; run: () => void }[] = [];

  constructor(now = Date.UTC(2026, 0, 1)) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  at(at: number, run: () => void): () => void {
    const timer = { at, run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter(each => each !== timer);
    };
  }

  /** Moves time forward by `ms` and runs what is due, in order of time. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (let due = this.#next(end); due; due = this.#next(end)) {
      this.#timers = this.#timers.filter(each => each !== due);
      this.#now = Math.max(this.#now, due.at);
      due.run();
    }
    this.#now = end;
  }

  #next(end: number): { at: number; run: () => void } | undefined {
    return this.#timers.filter(each => each.at <= end).sort((a, b) => a.at - b.at)[0];
  }
}
