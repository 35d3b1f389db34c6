import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Context } from '../../core/context.ts';
import { openTestContext } from '../../core/test-context.ts';
import { openTestWire, type TestWire } from '../../wire/test-wire.ts';
import { type CloudWatch, createCloudWatch } from './index.ts';

let context: Context;
let cloudwatch: CloudWatch;
let wire: TestWire;

beforeEach(async () => {
  context = openTestContext();
  cloudwatch = createCloudWatch(context, { newLines: async () => {} });
  wire = await openTestWire({ apis: [cloudwatch.api] });
});
afterEach(async () => {
  await wire.close();
  context.store.close();
});

/** A call as the AWS SDKs send it: JSON 1.0. */
async function call(operation: string, input: object) {
  const answer = await fetch(wire.endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `GraniteServiceVersion20100801.${operation}`,
      authorization:
        'AWS4-HMAC-SHA256 Credential=AKIATEST/20260101/ap-northeast-1/monitoring/aws4_request, Signature=x',
    },
    body: JSON.stringify(input),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, never> };
}

const stack = { name: 'web', id: 'arn:web', region: 'ap-northeast-1', account: '123456789012', tags: {} };
const make = (properties: object, token: string) =>
  cloudwatch.resources['AWS::CloudWatch::Alarm']!.create({
    stack,
    logicalId: 'Alarm',
    type: 'AWS::CloudWatch::Alarm',
    properties: properties as Record<string, unknown>,
    token,
  });

test('an alarm has no data until its state is set, and its change is an event', async () => {
  expect(await make({ AlarmName: 'errors', Threshold: 5, Tags: [] }, 'one')).toEqual({
    physicalId: 'errors',
    attributes: { Arn: 'arn:aws:cloudwatch:ap-northeast-1:123456789012:alarm:errors' },
  });
  expect(cloudwatch.alarmState('errors')).toBe('INSUFFICIENT_DATA');
  const set = { AlarmName: 'errors', StateValue: 'ALARM', StateReason: 'testing' };
  expect((await call('SetAlarmState', set)).status).toBe(200);
  expect(cloudwatch.inAlarm(['errors', 'nobody'])).toEqual(['errors']);
  const { body } = await call('DescribeAlarms', { StateValue: 'ALARM' });
  expect(body).toMatchObject({
    MetricAlarms: [
      {
        AlarmName: 'errors',
        StateValue: 'ALARM',
        StateReason: 'testing',
        Threshold: 5,
        StateUpdatedTimestamp: context.clock.now() / 1000,
      },
    ],
  });
  expect(context.store.events.after(0)).toMatchObject([
    {
      source: 'aws.cloudwatch',
      'detail-type': 'CloudWatch Alarm State Change',
      detail: {
        alarmName: 'errors',
        state: { value: 'ALARM' },
        previousState: { value: 'INSUFFICIENT_DATA' },
      },
    },
  ]);
});

test('an alarm for which missing data is fine is OK', async () => {
  await make({ AlarmName: 'quiet', TreatMissingData: 'notBreaching' }, 'one');
  expect(cloudwatch.alarmState('quiet')).toBe('OK');
});

test('what is asked wrongly is told', async () => {
  expect(
    await call('SetAlarmState', { AlarmName: 'nobody', StateValue: 'OK', StateReason: 'x' }),
  ).toMatchObject({
    status: 404,
    body: { __type: 'ResourceNotFound' },
  });
  expect(
    await call('SetAlarmState', { AlarmName: 'nobody', StateValue: 'BAD', StateReason: 'x' }),
  ).toMatchObject({
    status: 400,
    body: { message: 'StateValue must be one of OK, ALARM, INSUFFICIENT_DATA' },
  });
});

test('a name is had once, unless by the same token', async () => {
  await make({ AlarmName: 'errors' }, 'one');
  await make({ AlarmName: 'errors' }, 'one');
  await expect(make({ AlarmName: 'errors' }, 'two')).rejects.toThrow('errors already exists');
});
