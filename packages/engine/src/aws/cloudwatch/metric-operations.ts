import type { Operation } from '../../core/api.ts';
import { AwsError } from '../../core/errors.ts';
import type { MetricName } from './embedded.ts';
import type { Metric, Metrics, Range } from './metrics.ts';
import { findStatistic, type Statistic } from './statistics.ts';

// biome-ignore lint/suspicious/noExplicitAny: each operation checks what it takes
type Input = any;

const MOST_POINTS = 1440;
const MOST_QUERIES = 500;

/** What is known of metrics. `read` brings them up to date before each answer. */
export function metricOperations(metrics: Metrics, read: () => Promise<void>): Record<string, Operation> {
  return {
    ListMetrics: async input => {
      await read();
      const wanted: { Name?: string; Value?: string }[] = input.Dimensions ?? [];
      const found = metrics
        .all()
        .filter(({ namespace }) => namespace === (input.Namespace ?? namespace))
        .filter(({ name }) => name === (input.MetricName ?? name))
        .filter(({ dimensions }) =>
          wanted.every(
            ({ Name = '', Value }) =>
              Object.hasOwn(dimensions, Name) && dimensions[Name] === (Value ?? dimensions[Name]),
          ),
        );
      return { Metrics: found.map(metricView) };
    },
    GetMetricData: async input => {
      await read();
      const queries = listOf(input.MetricDataQueries, 'MetricDataQueries');
      if (queries.length > MOST_QUERIES) throw invalid(`MetricDataQueries must be at most ${MOST_QUERIES}`);
      const ascending = input.ScanBy === 'TimestampAscending';
      return {
        Messages: [],
        MetricDataResults: queries
          .filter(query => query?.ReturnData !== false)
          .map(query => dataOf(metrics, input, query, ascending)),
      };
    },
    GetMetricStatistics: async input => {
      await read();
      const name = nameOf(input);
      const range = rangeOf(input, input.Period);
      const names = [...(input.Statistics ?? []), ...(input.ExtendedStatistics ?? [])];
      if (names.length === 0) throw invalid('Statistics or ExtendedStatistics must be given');
      return { Label: name.name, Datapoints: datapoints(metrics, name, range, names.map(statistic)) };
    },
  };
}

function dataOf(metrics: Metrics, input: Input, query: Input, ascending: boolean): object {
  const { Id, Label, Expression, MetricStat } = query ?? {};
  if (typeof Id !== 'string') throw invalid('Each of MetricDataQueries must have an Id');
  if (Expression !== undefined || MetricStat === undefined)
    throw new AwsError('ValidationError', `${Id}: metric math is not carried out locally: name a metric`);
  const name = nameOf(MetricStat.Metric ?? {});
  const points = metrics.points(name, rangeOf(input, MetricStat.Period), statistic(MetricStat.Stat));
  if (!ascending) points.reverse();
  return {
    ...{ Id, Label: Label ?? name.name, StatusCode: 'Complete' },
    Timestamps: points.map(({ at }) => new Date(at)),
    Values: points.map(({ value }) => value),
  };
}

/** One for each period that has values, with all statistics that were asked for. */
function datapoints(metrics: Metrics, name: MetricName, range: Range, statistics: Statistic[]): object[] {
  const unit = metrics.find(name)?.unit ?? 'None';
  const all = statistics.map(each => metrics.points(name, range, each));
  return (all[0] ?? []).map(({ at }, index) => {
    const entries = statistics.map((each, which) => [each, all[which]![index]!.value] as const);
    const extended = entries.filter(([each]) => each.startsWith('p'));
    return {
      ...{ Timestamp: new Date(at), Unit: unit },
      ...Object.fromEntries(entries.filter(([each]) => !each.startsWith('p'))),
      ...(extended.length > 0 && { ExtendedStatistics: Object.fromEntries(extended) }),
    };
  });
}

/** Throws ValidationError. */
export function nameOf({ Namespace, MetricName: name, Dimensions = [] }: Input): MetricName {
  if (typeof Namespace !== 'string' || typeof name !== 'string')
    throw invalid('Namespace and MetricName must be given');
  const pairs = listOf(Dimensions, 'Dimensions').map(each => [String(each?.Name), String(each?.Value)]);
  return { namespace: Namespace, name, dimensions: Object.fromEntries(pairs) };
}

function rangeOf({ StartTime, EndTime }: Input, period: unknown): Range {
  const [from, end, seconds] = [timeOf(StartTime, 'StartTime'), timeOf(EndTime, 'EndTime'), Number(period)];
  if (!(seconds >= 1) || (seconds > 30 && seconds % 60 !== 0))
    throw invalid('Period must be 1, 5, 10, 30, or a multiple of 60 seconds');
  const periodMs = seconds * 1000;
  // As in AWS periods begin at whole multiples of themselves.
  const start = Math.floor(from / periodMs) * periodMs;
  if (end <= start) throw invalid('StartTime must be before EndTime');
  if ((end - start) / periodMs > MOST_POINTS * 70)
    throw invalid('The times are too far apart for this Period');
  return { start, end, periodMs };
}

function timeOf(value: unknown, name: string): number {
  const at = typeof value === 'number' ? value * 1000 : Date.parse(String(value));
  if (!Number.isFinite(at)) throw invalid(`${name} must be a time`);
  return at;
}

function statistic(name: unknown): Statistic {
  const found = findStatistic(name);
  if (found) return found;
  throw invalid(`The statistic ${String(name).slice(0, 50)} is not carried out locally`);
}

function metricView({ namespace, name, dimensions }: Metric): object {
  const list = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
  return { Namespace: namespace, MetricName: name, Dimensions: list };
}

function listOf(value: unknown, name: string): Input[] {
  if (Array.isArray(value)) return value;
  throw invalid(`${name} must be a list`);
}

function invalid(message: string): AwsError {
  return new AwsError('ValidationError', message);
}
