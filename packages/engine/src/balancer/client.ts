import { Link, type LinkOptions } from './link.ts';
import type {
  AccessRecord,
  GroupMetrics,
  ListenerState,
  Report,
  TargetRef,
  TargetReport,
} from './messages.ts';
import type { RoutingTable } from './table.ts';

export type BalancerClientOptions = LinkOptions;

/** Who hears what the balancer observes. */
export interface BalancerObserver {
  onHealth(targets: TargetReport[]): void;
  onDrained(targets: TargetRef[]): void;
  onListeners(listeners: ListenerState[]): void;
}

interface Waiting {
  number: number;
  resolve(): void;
  reject(error: Error): void;
}

interface Question {
  resolve(report: Report): void;
  reject(error: Error): void;
}

/**
 * The engine's end of the balancer: keeps it running, numbers the tables and sends the newest until it is
 * acknowledged. Closing the client leaves the balancer serving.
 */
export class BalancerClient {
  readonly #link: Link;
  readonly #questions = new Map<number, Question>();
  #observer: BalancerObserver | undefined;
  /** The balancer has said hello on the connection at hand. */
  #greeted = false;
  #lastNumber = 0;
  #table: RoutingTable | undefined;
  #waiting: Waiting[] = [];
  #nextQuestion = 1;

  constructor(options: BalancerClientOptions) {
    this.#link = new Link(options, {
      onReport: report => this.#hear(report),
      onLost: () => {
        this.#greeted = false;
        this.#rejectQuestions();
      },
    });
  }

  /** Connects, starting the balancer when needed, and keeps it running from now on. */
  start(observer: BalancerObserver): void {
    this.#observer = observer;
    this.#link.open();
  }

  /**
   * Sends a whole table, numbered after every one before. Resolves when it, or a newer one, is in force; rejects when
   * the balancer refuses it or the client is closed.
   */
  publish(table: Omit<RoutingTable, 'number'>): Promise<void> {
    if (this.#link.closed) return Promise.reject(closedError());
    const number = ++this.#lastNumber;
    this.#table = { number, ...table };
    const inForce = new Promise<void>((resolve, reject) => this.#waiting.push({ number, resolve, reject }));
    inForce.catch(() => {}); // Not everybody waits for it.
    this.#sendTable();
    return inForce;
  }

  /** Counters per target group since the balancer started. Rejects when it does not run. */
  async metrics(): Promise<Record<string, GroupMetrics>> {
    const report = await this.#ask('metrics');
    return report.type === 'metrics' ? report.groups : {};
  }

  /** The last thousand requests, oldest first. Rejects when the balancer does not run. */
  async recentRequests(): Promise<AccessRecord[]> {
    const report = await this.#ask('requests');
    return report.type === 'requests' ? report.requests : [];
  }

  /** Lets go of the balancer, which serves on. */
  close(): void {
    this.#link.close();
    for (const { reject } of this.#waiting) reject(closedError());
    this.#waiting = [];
  }

  /** Ends the balancer: it finishes what runs, at most 5 s. Resolves when its process has exited. */
  async shutdown(): Promise<void> {
    this.close();
    await this.#link.shutdown();
  }

  #hear(report: Report): void {
    switch (report.type) {
      case 'hello':
        this.#greeted = true;
        this.#continueAfter(report.number);
        this.#sendTable();
        break;
      case 'ack':
        this.#settle(report.number, report.rejected);
        break;
      case 'health':
        this.#observer?.onHealth(report.targets);
        break;
      case 'drained':
        if (report.targets.length > 0) this.#observer?.onDrained(report.targets);
        break;
      case 'listeners':
        this.#observer?.onListeners(report.listeners);
        break;
      case 'metrics':
      case 'requests':
        this.#questions.get(report.id)?.resolve(report);
        this.#questions.delete(report.id);
    }
  }

  /** A balancer may hold a higher number than this engine has given. */
  #continueAfter(number: number): void {
    if (this.#table && this.#table.number <= number) {
      const ahead = number + 1 - this.#table.number;
      this.#table = { ...this.#table, number: number + 1 };
      for (const waiting of this.#waiting) waiting.number += ahead;
    }
    this.#lastNumber = Math.max(this.#lastNumber, number, this.#table?.number ?? 0);
  }

  #sendTable(): void {
    if (this.#greeted && this.#table) this.#link.send({ type: 'table', table: this.#table });
  }

  #settle(number: number, rejected: string | undefined): void {
    const done = this.#waiting.filter(waiting => waiting.number <= number);
    this.#waiting = this.#waiting.filter(waiting => waiting.number > number);
    for (const { resolve, reject } of done) {
      if (rejected) reject(new Error(`the balancer refused table ${number}: ${rejected}`));
      else resolve();
    }
  }

  #ask(type: 'metrics' | 'requests'): Promise<Report> {
    if (!this.#greeted) return Promise.reject(new Error('the balancer does not run'));
    const id = this.#nextQuestion++;
    return new Promise((resolve, reject) => {
      this.#questions.set(id, { resolve, reject });
      this.#link.send({ type, id });
    });
  }

  #rejectQuestions(): void {
    for (const { reject } of this.#questions.values()) reject(new Error('the balancer has gone'));
    this.#questions.clear();
  }
}

/** An AbortError, as nothing went wrong: who closes the client does not want to know any more. */
function closedError(): Error {
  return new DOMException('the balancer client is closed', 'AbortError');
}
