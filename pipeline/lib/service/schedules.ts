import type { Schedule } from '@slipway/contract';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { createInlineFunction } from '../platform/inline-function.ts';
import { importRole } from '../roles/role.ts';
import { addAlarm } from './alarms.ts';
import type { ServicePlace } from './service-place.ts';

/** Two weeks, the longest that a queue keeps anything: seconds. */
const KEPT_SECONDS = 14 * 24 * 3600;

/**
 * What a service runs at certain times, in the image that is live. A schedule's target is a function, not the task
 * itself: a task definition's family means its latest revision, which may be the seed, or a release that is still being
 * tested or has failed. The function asks the service what is live and starts that.
 */
export function addSchedules(scope: Construct, place: ServicePlace): cloudwatch.CfnAlarm[] {
  const { names, service, environment } = place;
  const schedules = Object.entries(service.schedules);
  if (schedules.length === 0) return [];
  const { scheduler: name, roles } = names.deployed(service.name, environment.name);

  createInlineFunction(scope, 'RunScheduled', {
    ...{ names, name, architecture: place.architecture, code: 'run-scheduled.cjs', timeoutSeconds: 30 },
    role: importRole(scope, names.roleArn(roles.schedule)),
    description: `Runs what ${service.name} has scheduled in ${environment.name}, in the version that is live`,
    variables: { CLUSTER: names.cluster(environment.name), SERVICE: service.name },
  });
  const undelivered = addQueue(scope, name);
  const group = new scheduler.CfnScheduleGroup(scope, 'Schedules', { name });
  for (const [scheduleName, schedule] of schedules) {
    new scheduler.CfnSchedule(scope, `Schedule-${scheduleName}`, {
      ...{ name: scheduleName, groupName: group.ref, state: 'ENABLED', flexibleTimeWindow: { mode: 'OFF' } },
      scheduleExpression: schedule.cron === undefined ? `rate(${schedule.rate})` : `cron(${schedule.cron})`,
      scheduleExpressionTimezone: schedule.timezone,
      target: {
        arn: names.arn('lambda', `function:${name}`),
        roleArn: names.roleArn(roles.scheduler),
        input: JSON.stringify(inputOf(scheduleName, schedule)),
        retryPolicy: { maximumEventAgeInSeconds: 3600, maximumRetryAttempts: 5 },
        deadLetterConfig: { arn: undelivered.attrArn },
      },
    });
  }
  return [addFailureAlarm(scope, place, name)];
}

/** What EventBridge Scheduler could not even deliver. */
function addQueue(scope: Construct, queueName: string): sqs.CfnQueue {
  const queue = new sqs.CfnQueue(scope, 'Undelivered', {
    ...{ queueName, messageRetentionPeriod: KEPT_SECONDS, sqsManagedSseEnabled: true },
  });
  new sqs.CfnQueuePolicy(scope, 'UndeliveredPolicy', {
    queues: [queue.ref],
    policyDocument: {
      Version: '2012-10-17',
      Statement: [
        {
          ...{ Effect: 'Deny', Principal: '*', Action: 'sqs:*', Resource: queue.attrArn },
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        },
      ],
    },
  });
  return queue;
}

/** The execution's id keeps a repeated delivery from running the task twice. */
function inputOf(name: string, { command, cpu, memory, environment }: Schedule) {
  return { schedule: name, execution: '<aws.scheduler.execution-id>', command, cpu, memory, environment };
}

function addFailureAlarm(scope: Construct, place: ServicePlace, name: string): cloudwatch.CfnAlarm {
  const metric = (namespace: string, metricName: string, dimension: string) => ({
    metric: { namespace, metricName, dimensions: [{ name: dimension, value: name }] },
    stat: 'Sum',
  });
  return addAlarm(scope, place, {
    kind: 'schedules',
    description: 'Something that was scheduled could not be started',
    expression: 'FILL(failed, 0) + FILL(dropped, 0)',
    metrics: {
      failed: metric('AWS/Lambda', 'Errors', 'FunctionName'),
      dropped: metric('AWS/Scheduler', 'InvocationDroppedCount', 'ScheduleGroup'),
    },
    ...{ threshold: 1, seconds: 300, periods: [1, 1] },
  });
}
