import { type Contract, secretsOf } from '@slipway/contract';
import type { Names } from '../names.ts';
import { secretArn } from '../service/secrets.ts';
import { type Grant, grant } from './grant.ts';
import { functionLogs, passRole } from './permissions.ts';
import type { Permission } from './role.ts';

/**
 * What CloudFormation may make for the parts of a service that not every contract has, under its names only. It may so
 * whether the contract has them or not: this role changes before the service's stack does, and a role that could no
 * longer take away what a contract has dropped would leave it behind.
 */
export function partGrants(names: Names, service: string, environment: string): Grant[] {
  const { alarm, family } = names.deployed(service, environment);
  const dashboard = names
    .arn('cloudwatch', `dashboard/${family}`)
    .replace(/:cloudwatch:[^:]*/, ':cloudwatch:');
  return [
    grant('AWS::CloudWatch::Alarm', [names.arn('cloudwatch', `alarm:${alarm('*')}`)], {
      because: "the alarms of exactly this service, below the service's own name",
    }),
    grant('AWS::CloudWatch::Dashboard', [dashboard]), // of no region
    ...scalingGrants(names),
    ...scheduleGrants(names, service, environment),
    secretGrant(names, service, environment),
  ];
}

function hasSchedules({ schedules }: Contract): boolean {
  return Object.keys(schedules).length > 0;
}

/**
 * Who may scale which service is decided by the service-linked role and by ECS.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsapplicationautoscaling.html
 */
function scalingGrants(names: Names): Grant[] {
  const linked = 'ecs.application-autoscaling.amazonaws.com';
  const targets = [names.arn('application-autoscaling', 'scalable-target/*')];
  const because = 'scalable targets have ids that nobody knows before';
  return [
    grant('AWS::ApplicationAutoScaling::ScalableTarget', targets, { because }),
    grant('AWS::ApplicationAutoScaling::ScalingPolicy', targets, { because }),
    {
      types: [],
      permissions: [
        {
          actions: ['iam:CreateServiceLinkedRole'],
          resources: [names.roleArn(`aws-service-role/${linked}/*`)],
          conditions: { StringEquals: { 'iam:AWSServiceName': linked } },
          because:
            "the role of Application Auto Scaling for ECS, which the account's first scaling service brings",
        },
      ],
    },
  ];
}

function scheduleGrants(names: Names, service: string, environment: string): Grant[] {
  const { scheduler } = names.deployed(service, environment);
  const { arn } = names;
  const logGroup = names.functionLogGroup(scheduler);
  const group = arn('scheduler', `schedule-group/${scheduler}`);
  const because = 'the schedules of exactly this group, which the contract names';
  return [
    grant('AWS::Scheduler::ScheduleGroup', [group, arn('scheduler', `schedule/${scheduler}/*`)], { because }),
    grant('AWS::Scheduler::Schedule', [arn('scheduler', `schedule/${scheduler}/*`)], { because }),
    grant('AWS::Lambda::Function', [arn('lambda', `function:${scheduler}`)]),
    grant('AWS::SQS::Queue', [arn('sqs', scheduler)]),
    grant('AWS::SQS::QueuePolicy', [arn('sqs', scheduler)]),
    grant(
      'AWS::Logs::LogGroup',
      [logGroup, `${logGroup}:*`].map(name => arn('logs', `log-group:${name}`)),
    ),
  ];
}

function secretGrant(names: Names, service: string, environment: string): Grant {
  const { secret } = names.deployed(service, environment);
  return grant('AWS::SecretsManager::Secret', [names.arn('secretsmanager', `secret:${secret('*')}`)], {
    because: `what this service's contract names, below the service's own name`,
  });
}

/** Leave to hand over the two roles of schedules, where there are any. */
export function passScheduleRoles(names: Names, service: Contract, environment: string): Permission[] {
  const { roles } = names.deployed(service.name, environment);
  if (!hasSchedules(service)) return [];
  return [
    passRole([names.roleArn(roles.schedule)], ['lambda.amazonaws.com']),
    passRole([names.roleArn(roles.scheduler)], ['scheduler.amazonaws.com']),
  ];
}

/**
 * Exactly the secrets and parameters that a service's tasks are given. An ARN without its last six characters is asked
 * for as it is; whether IAM compares it before or after they are found is not documented, so both forms are allowed.
 */
export function secretReadPermissions(names: Names, service: Contract, environment: string): Permission[] {
  const arns = [
    ...new Set(secretsOf(service).map(secret => secretArn(names, service, environment, secret))),
  ].sort();
  const secrets = arns.filter(arn => arn.includes(':secretsmanager:'));
  const parameters = arns.filter(arn => arn.includes(':ssm:'));
  const withSuffix = (arn: string) => (/-[A-Za-z0-9]{6}$/.test(arn) ? [arn] : [arn, `${arn}-??????`]);
  return [
    ...(secrets.length > 0
      ? [{ actions: ['secretsmanager:GetSecretValue'], resources: secrets.flatMap(withSuffix) }]
      : []),
    ...(parameters.length > 0 ? [{ actions: ['ssm:GetParameters'], resources: parameters }] : []),
  ];
}

/** The function that runs schedules starts tasks of this service, in its cluster, and hands over their two roles. */
export function runPermissions(names: Names, service: string, environment: string): Permission[] {
  const { scheduler, family, roles } = names.deployed(service, environment);
  const cluster = names.cluster(environment);
  return [
    functionLogs(names, scheduler),
    { actions: ['ecs:DescribeServices'], resources: [names.arn('ecs', `service/${cluster}/${service}`)] },
    { actions: ['ecs:DescribeTaskDefinition'], resources: ['*'], because: 'this call knows no resources' },
    {
      actions: ['ecs:RunTask'],
      resources: [names.arn('ecs', `task-definition/${family}:*`)],
      conditions: { ArnEquals: { 'ecs:cluster': names.arn('ecs', `cluster/${cluster}`) } },
    },
    {
      actions: ['ecs:TagResource'],
      resources: [names.arn('ecs', `task/${cluster}/*`)],
      conditions: { StringEquals: { 'ecs:CreateAction': 'RunTask' } },
    },
    passRole([names.roleArn(roles.execution), names.roleArn(roles.task)], ['ecs-tasks.amazonaws.com']),
  ];
}

/** EventBridge Scheduler calls that function, and keeps what it could not deliver. */
export function schedulerPermissions(names: Names, service: string, environment: string): Permission[] {
  const { scheduler } = names.deployed(service, environment);
  return [
    { actions: ['lambda:InvokeFunction'], resources: [names.arn('lambda', `function:${scheduler}`)] },
    { actions: ['sqs:SendMessage'], resources: [names.arn('sqs', scheduler)] },
  ];
}
