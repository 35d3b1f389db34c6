import type { Environment } from '@slipway/contract';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as sns from 'aws-cdk-lib/aws-sns';
import { type CfnResource, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { Names } from '../names.ts';

/** Who may tell a topic something: alarms, event rules, and the notification rules of the developer tools. */
const TELLERS = ['cloudwatch.amazonaws.com', 'events.amazonaws.com', 'codestar-notifications.amazonaws.com'];

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
    keyPolicy: keyPolicy(Stack.of(scope)),
  });
  key.applyRemovalPolicy(RemovalPolicy.DESTROY);
  const topic = new sns.CfnTopic(scope, 'AlarmTopic', {
    topicName,
    displayName: `Slipway ${environment.name}`,
    kmsMasterKeyId: key.attrArn,
  });
  const policy = new sns.CfnTopicPolicy(scope, 'AlarmTopicPolicy', {
    topics: [topic.ref],
    policyDocument: topicPolicy(Stack.of(scope), topic.ref),
  });
  for (const [index, endpoint] of email.entries()) {
    new sns.CfnSubscription(scope, `AlarmAddress${index + 1}`, {
      ...{ topicArn: topic.ref, protocol: 'email', endpoint },
    });
  }
  return policy;
}

/** The account's own roles decide who uses the key; the tellers need it to encrypt what they say. */
function keyPolicy({ account, partition }: Stack): iam.PolicyDocument {
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
        principals: TELLERS.map(name => new iam.ServicePrincipal(name)),
        conditions: { StringEquals: { 'aws:SourceAccount': account } },
      }),
    ],
  });
}

function topicPolicy({ account }: Stack, topic: string): iam.PolicyDocument {
  return new iam.PolicyDocument({
    statements: [
      new iam.PolicyStatement({
        sid: 'Tell',
        actions: ['sns:Publish'],
        resources: [topic],
        principals: TELLERS.map(name => new iam.ServicePrincipal(name)),
        conditions: { StringEquals: { 'aws:SourceAccount': account } },
      }),
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
