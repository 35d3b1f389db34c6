import { describe, expect, test } from '@jest/globals';
import { embeddedMetrics } from './embedded.ts';
import { findStatistic, statisticOf, summarize } from './statistics.ts';

const line = (over: object = {}, directive: object = {}) =>
  JSON.stringify({
    _aws: {
      Timestamp: 1000,
      CloudWatchMetrics: [
        {
          Namespace: 'Slipway',
          Dimensions: [['Service', 'Route'], ['Service']],
          Metrics: [
            { Name: 'Requests', Unit: 'Count' },
            { Name: 'Latency', Unit: 'Milliseconds' },
          ],
          ...directive,
        },
      ],
    },
    ...{ Service: 'news', Route: '/news', Requests: 2, Latency: [3, 5] },
    ...over,
  });

describe('a line of the embedded metric format', () => {
  test('is a metric for each name and set of dimensions', () => {
    expect(embeddedMetrics(line())).toEqual([
      ...[{ Route: '/news', Service: 'news' }, { Service: 'news' }].map(dimensions => ({
        ...{ namespace: 'Slipway', name: 'Requests', dimensions, unit: 'Count', values: [2], at: 1000 },
      })),
      ...[{ Route: '/news', Service: 'news' }, { Service: 'news' }].map(dimensions => ({
        ...{
          namespace: 'Slipway',
          name: 'Latency',
          dimensions,
          unit: 'Milliseconds',
          values: [3, 5],
          at: 1000,
        },
      })),
    ]);
  });

  test('without dimensions is one metric', () => {
    const found = embeddedMetrics(line({}, { Dimensions: [[]], Metrics: [{ Name: 'Requests' }] }));
    expect(found).toEqual([
      { namespace: 'Slipway', name: 'Requests', dimensions: {}, values: [2], at: 1000 },
    ]);
  });

  test.each([
    ['no JSON', '{"CloudWatchMetrics"'],
    ['a text', '"CloudWatchMetrics"'],
    ['null', 'null'],
    ['metadata that is none', '{"_aws":[]}'],
    ['no time', line({ _aws: { CloudWatchMetrics: [] } })],
    ['directives of another kind', line({ _aws: { Timestamp: 1, CloudWatchMetrics: [null, 5, 'x', []] } })],
    ['no namespace', line({}, { Namespace: undefined })],
    ['a value that is no number', line({}, { Metrics: [{ Name: 'Service' }] })],
    ['a value that every object has', line({}, { Metrics: [{ Name: 'toString' }, { Name: '__proto__' }] })],
    ['values of which one is no number', line({ Latency: [1, 'x'] }, { Metrics: [{ Name: 'Latency' }] })],
    ['a dimension that is not there', line({}, { Dimensions: [['Nothing']] })],
    ['a dimension that every object has', line({}, { Dimensions: [['constructor']] })],
  ])('with %s gives nothing', (_, text) => {
    expect(embeddedMetrics(text)).toEqual([]);
  });
});

describe('statistics', () => {
  const of = (values: number[], name: string) => statisticOf(summarize(values), findStatistic(name)!);
  const hundred = Array.from({ length: 100 }, (_, index) => index + 1);

  test.each([
    ['Sum', 5050],
    ['Average', 50.5],
    ['Minimum', 1],
    ['Maximum', 100],
    ['SampleCount', 100],
    ['p50', 50],
    ['p99', 99],
    ['p99.9', 100],
    ['p100', 100],
  ])('%s of one to a hundred is %d', (name, expected) => {
    expect(of(hundred, name)).toBe(expected);
  });

  test('of two summaries are those of all their values', () => {
    const both = summarize(summarize([1, 2]), summarize([3, 4]));
    expect(statisticOf(both, findStatistic('Average')!)).toBe(2.5);
    expect(statisticOf(both, findStatistic('p50')!)).toBe(2);
  });

  test.each(['Median', 'p101', 'tm99', 5, undefined])('%s is none', name => {
    expect(findStatistic(name)).toBeUndefined();
  });
});
