import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';

export interface AlarmProps {
  readonly name: string;
  /** What is wrong when it goes off, in a sentence: it is what people read in the message. */
  readonly description: string;
  readonly metric: {
    readonly namespace: string;
    readonly name: string;
    readonly statistic: 'Sum' | 'Maximum' | 'Average';
  };
  readonly dimensions: Readonly<Record<string, string>>;
  /** It goes off above this value… */
  readonly above: number;
  /** …in so many periods of five minutes, one after the other. */
  readonly periods: number;
  /** ARNs of the topics to tell, both when it goes off and when it is over. */
  readonly targets: readonly string[];
}

/** An alarm of the platform's own parts; no data is good news, since balancers and gateways report what happens only. */
export function createAlarm(scope: Construct, id: string, props: AlarmProps): cloudwatch.CfnAlarm {
  return new cloudwatch.CfnAlarm(scope, id, {
    alarmName: props.name,
    alarmDescription: props.description,
    namespace: props.metric.namespace,
    metricName: props.metric.name,
    statistic: props.metric.statistic,
    dimensions: Object.entries(props.dimensions).map(([name, value]) => ({ name, value })),
    period: 300,
    evaluationPeriods: props.periods,
    threshold: props.above,
    comparisonOperator: 'GreaterThanThreshold',
    treatMissingData: 'notBreaching',
    alarmActions: [...props.targets],
    okActions: [...props.targets],
  });
}
