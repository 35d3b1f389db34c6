import type { Datum, MetricName } from './embedded.ts';
import { type Statistic, type Summary, statisticOf, summarize } from './statistics.ts';

/** How far back metrics are kept. */
export const KEPT_MS = 3 * 3_600_000;
/** Names come from log lines, which anybody may write. */
const MOST_METRICS = 5000;
const SECOND_MS = 1000;

export interface Metric extends MetricName {
  unit?: string;
}

export interface Point {
  /** When its period begins, epoch milliseconds. */
  at: number;
  value: number;
}

export interface Range {
  /** Epoch milliseconds; the end is not part of it. */
  start: number;
  end: number;
  periodMs: number;
}

interface Series extends Metric {
  /** By the second. */
  seconds: Map<number, Summary>;
}

/** Metrics of the last hours by the second, in memory: the log files are what is kept of them. */
export class Metrics {
  readonly #series = new Map<string, Series>();

  add({ namespace, name, dimensions, unit, values, at }: Datum, now: number): void {
    if (at < now - KEPT_MS || at > now + KEPT_MS) return;
    const key = keyOf({ namespace, name, dimensions });
    const series = this.#series.get(key) ?? {
      ...{ namespace, name, dimensions, ...(unit !== undefined && { unit }) },
      seconds: new Map(),
    };
    if (!this.#series.has(key) && this.#series.size >= MOST_METRICS) return;
    this.#series.set(key, series);
    const second = Math.floor(at / SECOND_MS);
    series.seconds.set(second, summarize(values, series.seconds.get(second)));
  }

  /** Forgets what is older than it is kept. */
  forget(now: number): void {
    const first = Math.floor((now - KEPT_MS) / SECOND_MS);
    for (const [key, { seconds }] of this.#series) {
      for (const second of seconds.keys()) if (second < first) seconds.delete(second);
      if (seconds.size === 0) this.#series.delete(key);
    }
  }

  all(): Metric[] {
    return [...this.#series.values()].map(({ seconds: _, ...metric }) => metric);
  }

  find(name: MetricName): Metric | undefined {
    return this.#series.get(keyOf(name));
  }

  /** A point for every period with values, oldest first. */
  points(name: MetricName, { start, end, periodMs }: Range, statistic: Statistic): Point[] {
    const periods = new Map<number, Summary>();
    for (const [second, summary] of this.#series.get(keyOf(name))?.seconds ?? []) {
      const at = second * SECOND_MS;
      if (at < start || at >= end) continue;
      const period = start + Math.floor((at - start) / periodMs) * periodMs;
      const before = periods.get(period);
      periods.set(period, before ? summarize(summary, before) : summary);
    }
    return [...periods]
      .sort(([a], [b]) => a - b)
      .map(([at, summary]) => ({ at, value: statisticOf(summary, statistic) }));
  }
}

function keyOf({ namespace, name, dimensions }: MetricName): string {
  const sorted = Object.entries(dimensions).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([namespace, name, sorted]);
}
