import type { Clock } from '../clock.ts';

type Appointment = { readonly time: number; readonly act: () => void };

/** A clock that a test moves by hand: what is due happens in the order of its time, at its time. */
export class ManualClock implements Clock {
  #now: number;
  #appointments: Appointment[] = [];

  constructor(start: string | number) {
    this.#now = new Date(start).getTime();
  }

  readonly now = (): number => this.#now;

  readonly at = (time: number, act: () => void): (() => void) => {
    const appointment = { time, act };
    this.#appointments.push(appointment);
    return () => {
      this.#appointments = this.#appointments.filter(each => each !== appointment);
    };
  };

  get pending(): number {
    return this.#appointments.length;
  }

  /** Moves on by so many milliseconds. */
  advance(ms: number): void {
    const until = this.#now + ms;
    for (let next = this.#next(until); next !== undefined; next = this.#next(until)) {
      this.#appointments = this.#appointments.filter(each => each !== next);
      this.#now = Math.max(this.#now, next.time);
      next.act();
    }
    this.#now = until;
  }

  /** Moves on as a machine that slept: what was due meanwhile happens now. */
  jump(ms: number): void {
    this.#now += ms;
    this.advance(0);
  }

  #next(until: number): Appointment | undefined {
    const due = this.#appointments.filter(({ time }) => time <= until);
    return due.toSorted((a, b) => a.time - b.time)[0];
  }
}
