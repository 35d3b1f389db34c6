/** What is kept of values: how often each occurred, with three significant digits. */
export interface Summary {
  count: number;
  sum: number;
  least: number;
  most: number;
  counts: Map<number, number>;
}

/** `Sum`, `Average`, `Minimum`, `Maximum`, `SampleCount`, or a percentile as `p99.9`. */
export type Statistic = string & { readonly statistic: true };

const SIMPLE = ['Sum', 'Average', 'Minimum', 'Maximum', 'SampleCount'];
const DIGITS = 3;

/** A statistic by its name; undefined for one that is not told here. */
export function findStatistic(name: unknown): Statistic | undefined {
  if (typeof name !== 'string') return undefined;
  const isKnown = SIMPLE.includes(name) || /^p(100|\d{1,2}(\.\d{1,10})?)$/.test(name);
  return isKnown ? (name as Statistic) : undefined;
}

/** Values, or what is kept of them, together with what was kept before. */
export function summarize(given: readonly number[] | Summary, before?: Summary): Summary {
  const counts = new Map(before?.counts);
  const added: Iterable<[number, number]> = isSummary(given)
    ? given.counts
    : given.map((value): [number, number] => [Number(value.toPrecision(DIGITS)), 1]);
  for (const [value, count] of added) counts.set(value, (counts.get(value) ?? 0) + count);
  const of = isSummary(given)
    ? given
    : {
        count: given.length,
        sum: given.reduce((sum, value) => sum + value, 0),
        least: Math.min(...given),
        most: Math.max(...given),
      };
  return {
    count: of.count + (before?.count ?? 0),
    sum: of.sum + (before?.sum ?? 0),
    least: Math.min(of.least, before?.least ?? of.least),
    most: Math.max(of.most, before?.most ?? of.most),
    counts,
  };
}

export function statisticOf({ count, sum, least, most, counts }: Summary, statistic: Statistic): number {
  if (statistic === 'SampleCount') return count;
  if (statistic === 'Sum') return sum;
  if (statistic === 'Average') return sum / count;
  if (statistic === 'Minimum') return least;
  if (statistic === 'Maximum') return most;
  const rank = (Number(statistic.slice(1)) / 100) * count;
  let passed = 0;
  for (const [value, times] of [...counts].sort(([a], [b]) => a - b)) {
    passed += times;
    if (passed >= rank) return Math.min(most, Math.max(least, value));
  }
  return most;
}

function isSummary(given: readonly number[] | Summary): given is Summary {
  return !Array.isArray(given);
}
