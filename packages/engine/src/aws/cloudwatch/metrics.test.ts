import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ManualClock } from '../../core/clock.ts';
import type { Context } from '../../core/context.ts';
import { Controllers } from '../../core/controllers.ts';
import { openTestContext } from '../../core/test-context.ts';
import { type CloudWatch, createCloudWatch } from './index.ts';

const START = Date.UTC(2026, 0, 1);
const MINUTE = 60_000;

let clock: ManualClock;
let context: Context;
let cloudwatch: CloudWatch;
let controllers: Controllers;
let lines: string[];
const errors: unknown[] = [];

beforeEach(() => {
  clock = new ManualClock(START);
  context = openTestContext({ clock });
  lines = [];
  cloudwatch = createCloudWatch(context, {
    newLines: async (word, take) => {
      const fresh = lines.splice(0);
      await Promise.resolve();
      for (const line of fresh.filter(each => each.includes(word))) take(line);
    },
  });
  const onError = (error: unknown) => void errors.push(error);
  const { store } = context;
  controllers = new Controllers({ store, clock, controllers: cloudwatch.controllers, onError });
  controllers.start();
});
afterEach(async () => {
  await controllers.stop();
  context.store.close();
  expect(errors.splice(0)).toEqual([]);
});

/** A service writes now that so many of its sign-ins failed. */
function write(failures: number | number[], service = 'user'): void {
  const directive = {
    Namespace: 'Slipway',
    Dimensions: [['Service']],
    Metrics: [{ Name: 'Failures', Unit: 'Count' }],
  };
  const _aws = { Timestamp: clock.now(), CloudWatchMetrics: [directive] };
  lines.push(JSON.stringify({ _aws, Service: service, Failures: failures }), 'another line');
}

async function pass(ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 1000) {
    clock.advance(1000);
    await controllers.settled();
  }
}

// biome-ignore lint/suspicious/noExplicitAny: answers are looked into by tests
const call = async (operation: string, input: object): Promise<any> =>
  cloudwatch.api.operations[operation]!(input, { account: '', region: '', accessKeyId: '' });
const METRIC = {
  ...{ Namespace: 'Slipway', MetricName: 'Failures' },
  Dimensions: [{ Name: 'Service', Value: 'user' }],
};
const range = { StartTime: START / 1000, EndTime: START / 1000 + 600 };
const query = (Stat: string, Metric: object = METRIC) => ({
  MetricDataQueries: [{ Id: 'm', MetricStat: { Metric, Period: 60, Stat } }],
});
const alarmProperties = (over: object = {}) => ({
  ...{ AlarmName: 'failures', ...METRIC, Statistic: 'Sum', Period: 60, EvaluationPeriods: 2, Threshold: 3 },
  ...{ ComparisonOperator: 'GreaterThanThreshold', ...over },
});
async function createAlarm(over: object = {}): Promise<void> {
  const type = 'AWS::CloudWatch::Alarm';
  const stack = { name: 'user', id: 'arn', region: 'ap-northeast-1', account: '1', tags: {} };
  const properties = alarmProperties(over);
  await cloudwatch.resources[type]!.create({ stack, logicalId: 'Alarm', type, properties, token: 'alarm' });
  await controllers.settled();
}

describe('metrics that services write into their logs', () => {
  test('are told by period, newest first unless asked otherwise', async () => {
    write([2, 4]);
    await pass(MINUTE);
    write(5);
    write(7, 'blog');
    expect(await call('GetMetricData', { ...range, ...query('Sum') })).toMatchObject({
      MetricDataResults: [
        {
          ...{ Id: 'm', Label: 'Failures', StatusCode: 'Complete', Values: [5, 6] },
          Timestamps: [new Date(START + MINUTE), new Date(START)],
        },
      ],
    });
    const ascending = { ...range, ...query('Maximum'), ScanBy: 'TimestampAscending' };
    expect((await call('GetMetricData', ascending)).MetricDataResults[0].Values).toEqual([4, 5]);
  });

  test('are told with several statistics at once', async () => {
    write([2, 4]);
    const statistics = { Statistics: ['Average', 'SampleCount'], ExtendedStatistics: ['p50'] };
    expect(await call('GetMetricStatistics', { ...range, ...METRIC, Period: 300, ...statistics })).toEqual({
      Label: 'Failures',
      Datapoints: [
        {
          ...{ Timestamp: new Date(START), Unit: 'Count', Average: 3, SampleCount: 2 },
          ExtendedStatistics: { p50: 2 },
        },
      ],
    });
  });

  test('are listed with their dimensions', async () => {
    write(1);
    write(1, 'blog');
    const asked = { Namespace: 'Slipway', Dimensions: [{ Name: 'Service', Value: 'blog' }] };
    expect(await call('ListMetrics', asked)).toEqual({
      Metrics: [
        { Namespace: 'Slipway', MetricName: 'Failures', Dimensions: [{ Name: 'Service', Value: 'blog' }] },
      ],
    });
    expect((await call('ListMetrics', {})).Metrics).toHaveLength(2);
  });

  test('count once, however many ask at the same time', async () => {
    write(1);
    const answers = await Promise.all(
      [1, 2, 3].map(() => call('GetMetricData', { ...range, ...query('Sum') })),
    );
    expect(answers.map(({ MetricDataResults }) => MetricDataResults[0].Values)).toEqual([[1], [1], [1]]);
  });

  test('are forgotten after three hours', async () => {
    write(1);
    await call('ListMetrics', {});
    clock.advance(3 * 60 * MINUTE + 1000);
    expect((await call('ListMetrics', {})).Metrics).toEqual([]);
  });

  test.each([
    [{ ...query('Sum') }, /StartTime must be a time/],
    [{ ...range, ...query('Median') }, /The statistic Median is not carried out locally/],
    [
      { ...range, MetricDataQueries: [{ Id: 'e', Expression: 'm1 + m2' }] },
      /metric math is not carried out locally/,
    ],
    [{ ...range, MetricDataQueries: 'all' }, /MetricDataQueries must be a list/],
    [{ ...range, ...query('Sum', {}) }, /Namespace and MetricName must be given/],
    [{ ...range, EndTime: 1, ...query('Sum') }, /StartTime must be before EndTime/],
  ])('that cannot be told: %#', async (input, message) => {
    await expect(call('GetMetricData', input)).rejects.toThrow(message);
  });
});

describe('an alarm on such a metric', () => {
  test('goes on when enough periods breach, and off when they do not', async () => {
    await createAlarm();
    expect(cloudwatch.alarmState('failures')).toBe('INSUFFICIENT_DATA');
    write(4);
    await pass(MINUTE);
    write(5);
    await pass(MINUTE + 4000);
    expect(cloudwatch.alarmState('failures')).toBe('OK');
    await pass(1000);
    expect(cloudwatch.inAlarm(['failures'])).toEqual(['failures']);
    const [alarm] = (await call('DescribeAlarms', {})).MetricAlarms;
    expect(alarm.StateReason).toMatch(
      /^Threshold Crossed: \[4 .*, 5 .*\] was greater than the threshold \(3\)$/,
    );
    write(1);
    await pass(MINUTE);
    expect(cloudwatch.alarmState('failures')).toBe('OK');
    await pass(3 * MINUTE);
    expect(cloudwatch.alarmState('failures')).toBe('INSUFFICIENT_DATA');
  });

  test.each([
    ['breaching', 'ALARM'],
    ['notBreaching', 'OK'],
    ['missing', 'INSUFFICIENT_DATA'],
  ])('takes missing data as %s: %s', async (TreatMissingData, state) => {
    await createAlarm({ TreatMissingData });
    await pass(3 * MINUTE);
    expect(cloudwatch.alarmState('failures')).toBe(state);
  });

  test('keeps its state while data is missing, if that is ignored', async () => {
    await createAlarm({ TreatMissingData: 'ignore', EvaluationPeriods: 1 });
    write(9);
    await pass(5 * MINUTE);
    expect(cloudwatch.alarmState('failures')).toBe('ALARM');
  });

  test("is watched; one on AWS's own metrics is told as not carried out, and left alone", async () => {
    const { notCarriedOut } = cloudwatch.resources['AWS::CloudWatch::Alarm']!;
    expect(notCarriedOut!(alarmProperties())).toEqual([]);
    expect(notCarriedOut!(alarmProperties({ Namespace: 'AWS/ECS' }))).toHaveLength(1);
    expect(notCarriedOut!({ AlarmName: 'math', Metrics: [] })).toHaveLength(1);
    await createAlarm({ Namespace: 'AWS/ECS' });
    await call('SetAlarmState', { AlarmName: 'failures', StateValue: 'ALARM', StateReason: 'by hand' });
    await pass(5 * MINUTE);
    expect(cloudwatch.alarmState('failures')).toBe('ALARM');
  });
});
