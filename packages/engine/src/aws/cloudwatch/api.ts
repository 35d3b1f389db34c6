import type { Api, Operation } from '../../core/api.ts';
import { AwsError } from '../../core/errors.ts';
import { type Alarm, type AlarmState, type Alarms, STATES } from './alarm.ts';

// biome-ignore lint/suspicious/noExplicitAny: each operation checks what it takes
type Input = any;

const MAX_RECORDS = 100;

/** Alarms, and what is known of metrics. https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Operations.html */
export function createApi(alarms: Alarms, metrics: Record<string, Operation>): Api {
  return {
    service: 'monitoring',
    protocol: 'json-1.0',
    operations: {
      ...metrics,
      DescribeAlarms: (input: Input) => {
        const names = input.AlarmNames as string[] | undefined;
        const found = alarms
          .all()
          .filter(alarm => !names || names.includes(alarm.name))
          .filter(alarm => alarm.name.startsWith(input.AlarmNamePrefix ?? ''))
          .filter(alarm => !input.StateValue || alarm.state === input.StateValue);
        const start = Number(input.NextToken ?? 0);
        const size = Number(input.MaxRecords ?? MAX_RECORDS);
        if (!Number.isInteger(start) || start < 0)
          throw new AwsError('InvalidNextToken', 'The next token is not valid.');
        if (!Number.isInteger(size) || size < 1 || size > MAX_RECORDS) {
          throw new AwsError('ValidationError', `MaxRecords must be between 1 and ${MAX_RECORDS}`);
        }
        const end = start + size;
        return {
          MetricAlarms: found.slice(start, end).map(describe),
          CompositeAlarms: [],
          ...(end < found.length ? { NextToken: String(end) } : {}),
        };
      },
      SetAlarmState: (input: Input) => {
        const { AlarmName: name, StateValue: state, StateReason: reason, StateReasonData: data } = input;
        if (typeof name !== 'string' || typeof reason !== 'string') {
          throw new AwsError('ValidationError', 'AlarmName and StateReason are required');
        }
        if (!STATES.includes(state)) {
          throw new AwsError('ValidationError', `StateValue must be one of ${STATES.join(', ')}`);
        }
        alarms.setState(
          name,
          state as AlarmState,
          reason.slice(0, 1023),
          typeof data === 'string' ? data.slice(0, 4000) : undefined,
        );
      },
    },
  };
}

/** The members of an alarm have the names of the template's properties, but for its tags. */
function describe(alarm: Alarm): object {
  const { Tags: _tags, ...properties } = alarm.properties;
  return {
    ActionsEnabled: true,
    OKActions: [],
    AlarmActions: [],
    InsufficientDataActions: [],
    ...properties,
    AlarmName: alarm.name,
    AlarmArn: alarm.arn,
    AlarmConfigurationUpdatedTimestamp: new Date(alarm.configurationUpdated),
    StateValue: alarm.state,
    StateReason: alarm.reason,
    ...(alarm.reasonData === undefined ? {} : { StateReasonData: alarm.reasonData }),
    StateUpdatedTimestamp: new Date(alarm.stateUpdated),
  };
}
