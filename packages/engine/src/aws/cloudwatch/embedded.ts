/** Values of a metric that a log line carries. */
export interface Datum extends MetricName {
  unit?: string;
  values: number[];
  /** Epoch milliseconds. */
  at: number;
}

/** What makes a metric another one. */
export interface MetricName {
  namespace: string;
  name: string;
  dimensions: Readonly<Record<string, string>>;
}

/** What stands in every line of the format, and in few others. */
export const EMBEDDED_WORD = '"CloudWatchMetrics"';

const MOST_VALUES = 100;
const MOST_METRICS = 100;
const MOST_DIMENSIONS = 30;

/**
 * The metrics of a line in CloudWatch's embedded metric format; none for a line that is not of it, and what is malformed is
 * left out, as in AWS.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function embeddedMetrics(line: string): Datum[] {
  const root = parse(line);
  const { Timestamp: at, CloudWatchMetrics: directives } = membersOf(root._aws);
  if (typeof at !== 'number' || !Array.isArray(directives)) return [];
  return directives.flatMap(directive => {
    const { Namespace: namespace, Dimensions: sets = [[]], Metrics: metrics } = membersOf(directive);
    if (typeof namespace !== 'string' || !isNamed(namespace) || !Array.isArray(metrics)) return [];
    const dimensions = (Array.isArray(sets) ? sets : [])
      .map(set => dimensionsOf(root, set))
      .filter(set => set !== undefined);
    return metrics.slice(0, MOST_METRICS).flatMap(metric => {
      const { Name: name, Unit: unit } = membersOf(metric);
      if (typeof name !== 'string' || !isNamed(name)) return [];
      const values = valuesOf(Object.hasOwn(root, name) ? root[name] : undefined);
      if (values.length === 0) return [];
      return dimensions.map(
        (each): Datum => ({
          ...{ namespace, name, dimensions: each, values, at },
          ...(typeof unit === 'string' && { unit }),
        }),
      );
    });
  });
}

type Members = Record<string, unknown>;

function parse(line: string): Members {
  try {
    return membersOf(JSON.parse(line));
  } catch {
    return {};
  }
}

function membersOf(value: unknown): Members {
  return typeof value === 'object' && value !== null ? (value as Members) : {};
}

function isNamed(text: string): boolean {
  return text.length > 0 && text.length <= 1024;
}

/** Undefined for a set that names what the line does not have as a text. */
function dimensionsOf(root: Members, set: unknown): Record<string, string> | undefined {
  if (!Array.isArray(set) || set.length > MOST_DIMENSIONS) return undefined;
  const entries: [string, string][] = [];
  for (const name of set) {
    const value = typeof name === 'string' && Object.hasOwn(root, name) ? root[name] : undefined;
    if (typeof value !== 'string' || !isNamed(value)) return undefined;
    entries.push([name, value]);
  }
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function valuesOf(value: unknown): number[] {
  const all = Array.isArray(value) ? value.slice(0, MOST_VALUES) : [value];
  return all.every(each => typeof each === 'number' && Number.isFinite(each)) ? (all as number[]) : [];
}
