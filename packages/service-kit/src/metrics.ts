/** Counts what a service does, for the metrics that alarms and dashboards read. */
export type Metrics = {
  /** Adds to a count of the service's own, such as `SignIns`. */
  readonly count: (name: string, by?: number) => void;
  /** Counts a request that was answered, by the template of its route. */
  readonly countRequest: (route: string, status: number, ms: number) => void;
  /** Writes what has been counted since the last time. */
  readonly flush: () => void;
};

export type MetricsDeps = {
  readonly now: () => Date;
  readonly write: (line: string) => void;
  readonly service: string;
  readonly environment: string;
};

/** How many values of one metric a line may hold. */
const valuesPerLine = 100;

type Requests = {
  readonly Route: string;
  readonly Status: string;
  count: number;
  readonly byMs: Map<number, number>;
};

/**
 * Metrics in CloudWatch's embedded metric format: the log line becomes the metric, nothing is called. There is a
 * line per route and class of status at each flush, not one per request.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function createMetrics({ now, write, service, environment }: MetricsDeps): Metrics {
  const counts = new Map<string, number>();
  const requests = new Map<string, Map<number, Requests>>();
  const writeLine = (dimensions: Record<string, string>, metrics: readonly Metric[]) =>
    write(
      `${JSON.stringify(embed(now(), { Service: service, Environment: environment, ...dimensions }, metrics))}\n`,
    );

  return {
    count: (name, by = 1) => void counts.set(name, (counts.get(name) ?? 0) + by),
    countRequest: (Route, status, ms) => {
      const classes = requests.get(Route) ?? new Map<number, Requests>();
      if (classes.size === 0) requests.set(Route, classes);
      const statusClass = Math.floor(status / 100);
      const seen = classes.get(statusClass) ?? {
        Route,
        Status: `${statusClass}xx`,
        count: 0,
        byMs: new Map(),
      };
      if (seen.count === 0) classes.set(statusClass, seen);
      seen.count += 1;
      seen.byMs.set(ms, (seen.byMs.get(ms) ?? 0) + 1);
    },
    flush: () => {
      const seen = [...requests.values()].flatMap(classes => [...classes.values()]);
      const counted = [...counts];
      requests.clear();
      counts.clear();
      for (const { Route, Status, count, byMs } of seen) {
        writeLine({ Route, Status }, [
          { name: 'Requests', unit: 'Count', value: count },
          { name: 'Latency', unit: 'Milliseconds', value: sample(byMs, count) },
        ]);
      }
      if (counted.length > 0) {
        writeLine(
          {},
          counted.map(([name, value]) => ({ name, unit: 'Count', value })),
        );
      }
    },
  };
}

type Metric = { readonly name: string; readonly unit: string; readonly value: number | readonly number[] };

function embed(at: Date, dimensions: Readonly<Record<string, string>>, metrics: readonly Metric[]): object {
  return {
    _aws: {
      Timestamp: at.getTime(),
      CloudWatchMetrics: [
        {
          Namespace: 'Slipway',
          Dimensions: [Object.keys(dimensions)],
          Metrics: metrics.map(({ name, unit }) => ({ Name: name, Unit: unit })),
        },
      ],
    },
    ...dimensions,
    ...Object.fromEntries(metrics.map(({ name, value }) => [name, value])),
  };
}

/** Returns all values where a line can hold them, else as many that are spread as they are, the largest included. */
function sample(byMs: ReadonlyMap<number, number>, count: number): number[] {
  const sorted = [...byMs].sort(([a], [b]) => a - b);
  if (count <= valuesPerLine) return sorted.flatMap(([ms, times]) => Array<number>(times).fill(ms));
  const values: number[] = [];
  let passed = 0;
  for (const [ms, times] of sorted) {
    passed += times;
    while (values.length < valuesPerLine - 1 && (values.length + 0.5) / valuesPerLine < passed / count)
      values.push(ms);
  }
  return [...values, sorted.at(-1)![0]];
}
