import type { Environment } from '@slipway/contract';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as sns from 'aws-cdk-lib/aws-sns';
import { type CfnResource, RemovalPolicy } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { Names } from '../names.ts';

/**
 * Who may tell the topic something, and what of theirs: alarms and rules of this account with our own names, and the
 * notification rules of the developer tools, which have none.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
 * https://docs.aws.amazon.com/dtconsole/latest/userguide/set-up-sns.html
 */
const tellers = (names: Names): Readonly<Record<string, iam.Conditions>> => ({
  'cloudwatch.amazonaws.com': from(names.arn('cloudwatch', `alarm:${names.prefix}-*`)),
  'events.amazonaws.com': from(names.arn('events', `rule/${names.prefix}-*`)),
  'codestar-notifications.amazonaws.com': { StringEquals: { 'aws:SourceAccount': names.account } },
});

const from = (source: string): iam.Conditions => ({ ArnLike: { 'aws:SourceArn': source } });

/**
 * The topic of an environment's alarms, where there are addresses to tell; each address confirms once by a message
 * that AWS sends it. The key is of one's own, a dollar a month: with the key that AWS keeps for SNS, alarms cannot
 * write to the topic. https://repost.aws/knowledge-center/cloudwatch-configure-alarm-sns
 */
export function addAlarmTopic(
  scope: Construct,
  names: Names,
  environment: Environment,
): CfnResource | undefined {
  const { email } = environment.alarms;
  if (email.length === 0) return undefined;
  const topicName = names.alarmTopic(environment);
  const key = new kms.CfnKey(scope, 'AlarmKey', {
    description: `Messages of the topic ${topicName}`,
    enableKeyRotation: true,
    pendingWindowInDays: 7,
    keyPolicy: keyPolicy(names),
  });
  key.applyRemovalPolicy(RemovalPolicy.DESTROY);
  const topic = new sns.CfnTopic(scope, 'AlarmTopic', {
    topicName,
    displayName: `Slipway ${environment.name}`,
    kmsMasterKeyId: key.attrArn,
  });
  const policy = new sns.CfnTopicPolicy(scope, 'AlarmTopicPolicy', {
    topics: [topic.ref],
    policyDocument: topicPolicy(names, topic.ref),
  });
  for (const [index, endpoint] of email.entries()) {
    new sns.CfnSubscription(scope, `AlarmAddress${index + 1}`, {
      ...{ topicArn: topic.ref, protocol: 'email', endpoint },
    });
  }
  return policy;
}

/**
 * The account's own roles decide who uses the key; the tellers need it to encrypt what they say.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
 */
function keyPolicy(names: Names): iam.PolicyDocument {
  const { account, partition } = names;
  return new iam.PolicyDocument({
    statements: [
      new iam.PolicyStatement({
        actions: ['kms:*'],
        resources: ['*'], // in a key's policy: the key
        principals: [new iam.ArnPrincipal(`arn:${partition}:iam::${account}:root`)],
      }),
      new iam.PolicyStatement({
        actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        resources: ['*'],
        principals: Object.keys(tellers(names)).map(name => new iam.ServicePrincipal(name)),
        conditions: { StringEquals: { 'aws:SourceAccount': account } },
      }),
    ],
  });
}

function topicPolicy(names: Names, topic: string): iam.PolicyDocument {
  return new iam.PolicyDocument({
    statements: [
      ...Object.entries(tellers(names)).map(
        ([service, conditions]) =>
          new iam.PolicyStatement({
            ...{ actions: ['sns:Publish'], resources: [topic], conditions },
            principals: [new iam.ServicePrincipal(service)],
          }),
      ),
      new iam.PolicyStatement({
        sid: 'OnlyOverTls',
        effect: iam.Effect.DENY,
        actions: ['sns:Publish'],
        resources: [topic],
        principals: [new iam.AnyPrincipal()],
        conditions: { Bool: { 'aws:SecureTransport': 'false' } },
      }),
    ],
  });
}
