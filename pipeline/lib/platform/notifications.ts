import type { Environments } from '@slipway/contract';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as subscriptions from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import type { Names } from '../names.ts';

/**
 * Tells people of steps of any pipeline that failed, of approvals that wait and of pull requests whose check failed:
 * rules of EventBridge, which need no change when a service comes or goes, and a topic that chats may subscribe to as
 * well. It holds names of pipelines and no secrets, therefore it is not encrypted with a key of its own.
 */
export function createNotifications(
  scope: Construct,
  { names, environments }: { names: Names; environments: Environments },
): void {
  const topic = new sns.Topic(scope, 'Notifications', {
    topicName: names.notifications.topic,
    displayName: names.prefix,
    enforceSSL: true,
  });
  const { email } = environments.notifications;
  for (const address of email) topic.addSubscription(new subscriptions.EmailSubscription(address));
  const builds = environments.pullRequests && names.source.provider === 'codecommit';
  const rule = (id: string, told: Told): string => createRule(scope, id, { names, topic, told });
  const rules = [
    rule('Failures', failures(names)),
    rule('Waiting', waiting(names)),
    ...(builds ? [rule('PullRequestFailures', pullRequestFailures(names))] : []),
  ];
  topic.addToResourcePolicy(
    new iam.PolicyStatement({
      sid: 'TellOfPipelines',
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      principals: [new iam.ServicePrincipal('events.amazonaws.com')],
      conditions: { ArnEquals: { 'aws:SourceArn': rules } },
    }),
  );
}

interface Told {
  readonly rule: string;
  readonly description: string;
  readonly eventPattern: events.EventPattern;
  readonly text: string;
}

const at = (path: string): string => events.EventField.fromPath(path);
const pipeline = at('$.detail.pipeline');

/**
 * A rejected approval is an answer, not a fault, and whoever was overtaken by a newer push need not be woken.
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/detect-state-changes-cloudwatch-events.html
 */
function failures({ prefix, notifications }: Names): Told {
  return {
    rule: notifications.failures,
    description: 'A step of a pipeline has failed',
    eventPattern: {
      source: ['aws.codepipeline'],
      detailType: ['CodePipeline Action Execution State Change'],
      detail: {
        pipeline: [{ prefix: `${prefix}-` }],
        state: ['FAILED'],
        type: { category: [{ 'anything-but': ['Approval'] }] },
      },
    },
    text:
      `${pipeline} failed in ${at('$.detail.stage')}/${at('$.detail.action')} (${at('$.region')}): ` +
      `${at('$.detail.execution-result.external-execution-summary')} What was live stays live. ` +
      'Look with: npx slipway status --target aws',
  };
}

function waiting({ prefix, notifications }: Names): Told {
  return {
    rule: notifications.waiting,
    description: 'A pipeline waits for an approval',
    eventPattern: {
      source: ['aws.codepipeline'],
      detailType: ['CodePipeline Action Execution State Change'],
      detail: {
        pipeline: [{ prefix: `${prefix}-` }],
        state: ['STARTED'],
        type: { category: ['Approval'], provider: ['Manual'] },
      },
    },
    text:
      `${pipeline} waits for an approval in ${at('$.detail.stage')} (${at('$.region')}). See what would change ` +
      'and let it go on with: npx slipway approve SERVICE --target aws',
  };
}

/** Through a connection the check is a step of a pipeline, which is told above. */
function pullRequestFailures({ notifications, pullRequests }: Names): Told {
  return {
    rule: notifications.pullRequests,
    description: 'The check of a pull request has failed',
    eventPattern: {
      source: ['aws.codebuild'],
      detailType: ['CodeBuild Build State Change'],
      detail: {
        'project-name': [pullRequests.build],
        'build-status': ['FAILED', 'FAULT', 'TIMED_OUT'],
      },
    },
    text:
      `The check of a pull request failed (commit ${at('$.detail.additional-information.source-version')}). ` +
      `Its log: ${at('$.detail.additional-information.logs.deep-link')}`,
  };
}

/** Returns the rule's ARN. The target is named by its ARN: CDK would let every rule of the account publish. */
function createRule(
  scope: Construct,
  id: string,
  { names, topic, told }: { names: Names; topic: sns.ITopic; told: Told },
): string {
  const { rule, description, eventPattern, text } = told;
  const target = sns.Topic.fromTopicArn(scope, `${id}Topic`, names.arn('sns', names.notifications.topic));
  const created = new events.Rule(scope, id, {
    ...{ ruleName: rule, description, eventPattern },
    targets: [new targets.SnsTopic(target, { message: events.RuleTargetInput.fromText(text) })],
  });
  created.node.addDependency(topic);
  return names.arn('events', `rule/${rule}`);
}
