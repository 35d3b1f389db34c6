import type { AccessRecord, GroupMetrics } from './messages.ts';

export function emptyMetrics(): GroupMetrics {
  return {
    requestCount: 0,
    target2xx: 0,
    target3xx: 0,
    target4xx: 0,
    target5xx: 0,
    elb5xx: 0,
    targetConnectionErrors: 0,
    targetResponseTimeMs: 0,
  };
}

/** Counts an answer of a target. */
export function countAnswer(metrics: GroupMetrics, status: number, durationMs: number): void {
  if (status < 300) metrics.target2xx++;
  else if (status < 400) metrics.target3xx++;
  else if (status < 500) metrics.target4xx++;
  else metrics.target5xx++;
  metrics.targetResponseTimeMs += durationMs;
}

const KEPT_REQUESTS = 1000;

/** The last requests, oldest first; a ring, so that it never grows. */
export class AccessLog {
  readonly #records: AccessRecord[] = [];
  #next = 0;

  add(record: AccessRecord): void {
    this.#records[this.#next] = record;
    this.#next = (this.#next + 1) % KEPT_REQUESTS;
  }

  recent(): AccessRecord[] {
    if (this.#records.length < KEPT_REQUESTS) return [...this.#records];
    return [...this.#records.slice(this.#next), ...this.#records.slice(0, this.#next)];
  }
}
