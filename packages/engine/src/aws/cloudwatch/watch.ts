import type { Properties } from '../../core/resource.ts';
import type { MetricName } from './embedded.ts';
import { nameOf } from './metric-operations.ts';
import { findStatistic, type Statistic } from './statistics.ts';

interface Comparison {
  words: string;
  isTrue(value: number, threshold: number): boolean;
}

/** What an alarm looks at, and when it goes on. */
export interface Watch {
  metric: MetricName;
  statistic: Statistic;
  periodMs: number;
  periods: number;
  /** Breaching periods among them that make an alarm. */
  needed: number;
  threshold: number;
  comparison: Comparison;
  missing: string;
}

const COMPARISONS: Record<string, Comparison> = {
  GreaterThanThreshold: { words: 'greater than', isTrue: (value, threshold) => value > threshold },
  GreaterThanOrEqualToThreshold: {
    words: 'greater than or equal to',
    isTrue: (value, threshold) => value >= threshold,
  },
  LessThanThreshold: { words: 'less than', isTrue: (value, threshold) => value < threshold },
  LessThanOrEqualToThreshold: {
    words: 'less than or equal to',
    isTrue: (value, threshold) => value <= threshold,
  },
};

/** Whether an alarm looks at one metric that services write themselves: the others are AWS's own, or metric math. */
export function isWatched(properties: Properties): boolean {
  const { Namespace: namespace, MetricName: name } = properties;
  if (typeof namespace !== 'string' || typeof name !== 'string' || namespace.startsWith('AWS/')) return false;
  return watchOf(properties) !== undefined;
}

/** Undefined for an alarm that lacks something, or looks at what is not told here. */
export function watchOf(properties: Properties): Watch | undefined {
  const { Statistic: simple, ExtendedStatistic: extended, Period, EvaluationPeriods, Threshold } = properties;
  const statistic = findStatistic(simple ?? extended);
  const operator = String(properties.ComparisonOperator);
  const comparison = Object.hasOwn(COMPARISONS, operator) ? COMPARISONS[operator] : undefined;
  const [periodMs, periods, threshold] = [
    Number(Period) * 1000,
    Number(EvaluationPeriods),
    Number(Threshold),
  ];
  if (!statistic || !comparison || !(periodMs > 0) || !(periods > 0) || Number.isNaN(threshold))
    return undefined;
  const needed = Number(properties.DatapointsToAlarm ?? periods);
  const missing = String(properties.TreatMissingData ?? 'missing');
  const metric = nameOf(properties);
  return { metric, statistic, periodMs, periods, needed, threshold, comparison, missing };
}
