import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { fixtureAssembly, type Resource, richAssembly } from '../testing/fixture.ts';
import type { TaskDefinition } from './task-definition.ts';

const rich = richAssembly();
const production = 'slipway-orders-production';
const arn = (service: string, resource: string) =>
  `arn:aws:${service}:ap-northeast-1:123456789012:${resource}`;
const all = (stack: string, type: string): Resource[] =>
  Object.values(rich.template(stack).Resources).filter(({ Type }) => Type === type);
const named = (type: string, property: string, name: string) =>
  all(production, type).find(({ Properties }) => Properties[property] === name)!.Properties;
const release = (environment: string): TaskDefinition =>
  JSON.parse(readFileSync(join(rich.path, 'release/orders', environment, 'taskdef.json'), 'utf8'));

test('a table lets go of its items by the attribute that the contract names, and else of none', () => {
  const table = (environment: string) =>
    rich.resource(`slipway-orders-data-${environment}`, 'AWS::DynamoDB::Table').Properties;
  for (const environment of ['staging', 'production']) {
    expect(table(environment).TimeToLiveSpecification).toEqual({ AttributeName: 'forgetAt', Enabled: true });
  }
  const kept = fixtureAssembly().resource('slipway-news-data-production', 'AWS::DynamoDB::Table');
  expect(kept.Properties).not.toHaveProperty('TimeToLiveSpecification');
});

test('answers under way at a task that leaves have as long as the contract says, and else a minute', () => {
  const delays = (groups: readonly Resource[]) => groups.map(group => group.Properties.TargetGroupAttributes);
  const delay = (Value: string) => [{ Key: 'deregistration_delay.timeout_seconds', Value }];
  const type = 'AWS::ElasticLoadBalancingV2::TargetGroup';
  expect(delays(all(production, type))).toEqual([delay('10'), delay('10')]);
  expect(delays(all('slipway-market-production', type))).toEqual([delay('60'), delay('60')]);
});

describe('scaling', () => {
  test('leaves the number of tasks to Application Auto Scaling, but for where the contract says not', () => {
    expect(rich.resource(production, 'AWS::ECS::Service').Properties).not.toHaveProperty('DesiredCount');
    expect(rich.resource('slipway-orders-staging', 'AWS::ECS::Service').Properties.DesiredCount).toBe(1);
    expect(all('slipway-orders-staging', 'AWS::ApplicationAutoScaling::ScalableTarget')).toEqual([]);
    expect(rich.resource(production, 'AWS::ApplicationAutoScaling::ScalableTarget')).toMatchObject({
      DependsOn: ['Service'],
      Properties: {
        ResourceId: 'service/slipway-production/orders',
        ...{ MinCapacity: 2, MaxCapacity: 6 },
        ScheduledActions: [
          {
            ScheduledActionName: 'morning',
            Schedule: 'cron(0 8 * * ? *)',
            ScalableTargetAction: { MinCapacity: 4 },
          },
        ],
      },
    });
  });

  test('counts requests of both target groups, since each release moves the traffic to the other', () => {
    const policy = named(
      'AWS::ApplicationAutoScaling::ScalingPolicy',
      'PolicyName',
      `${production}-requests`,
    );
    const { TargetValue, CustomizedMetricSpecification } = policy.TargetTrackingScalingPolicyConfiguration;
    const [sum, ...metrics] = CustomizedMetricSpecification.Metrics;
    expect(TargetValue).toBe(600);
    expect(sum).toEqual({ Id: 'requests', Expression: 'FILL(blue, 0) + FILL(green, 0)', ReturnData: true });
    expect(metrics.map((each: { MetricStat: { Metric: object } }) => each.MetricStat.Metric)).toMatchObject(
      ['Blue', 'Green'].map(group => ({
        MetricName: 'RequestCountPerTarget',
        Dimensions: [{ Value: { 'Fn::GetAtt': [group, 'TargetGroupFullName'] } }, { Name: 'LoadBalancer' }],
      })),
    );
  });

  test('adds tasks soon and takes them away late', () => {
    const policy = named('AWS::ApplicationAutoScaling::ScalingPolicy', 'PolicyName', `${production}-cpu`);
    expect(policy.TargetTrackingScalingPolicyConfiguration).toEqual({
      TargetValue: 60,
      PredefinedMetricSpecification: { PredefinedMetricType: 'ECSServiceAverageCPUUtilization' },
      ...{ ScaleOutCooldown: 60, ScaleInCooldown: 300 },
    });
  });
});

describe('alarms', () => {
  const kinds = (stack: string) =>
    all(stack, 'AWS::CloudWatch::Alarm').map(({ Properties }) => Properties.AlarmName);

  test('are those of the contract, with its thresholds', () => {
    expect(kinds(production).sort()).toEqual(
      ['errors', 'latency', 'missing', 'schedules', 'throttles-orders'].map(kind => `${production}-${kind}`),
    );
    expect(named('AWS::CloudWatch::Alarm', 'AlarmName', `${production}-errors`).Threshold).toBe(1);
    expect(named('AWS::CloudWatch::Alarm', 'AlarmName', `${production}-missing`)).toMatchObject({
      ...{ Threshold: 2, ComparisonOperator: 'LessThanThreshold', TreatMissingData: 'breaching' },
    });
  });

  test('look at both target groups', () => {
    for (const kind of ['errors', 'latency', 'missing']) {
      const text = JSON.stringify(
        named('AWS::CloudWatch::Alarm', 'AlarmName', `${production}-${kind}`).Metrics,
      );
      expect([kind, text]).toEqual([kind, expect.stringContaining('["Blue","TargetGroupFullName"]')]);
      expect([kind, text]).toEqual([kind, expect.stringContaining('["Green","TargetGroupFullName"]')]);
    }
  });

  test('tell those who are named for the environment, and nobody else', () => {
    for (const { Properties } of all(production, 'AWS::CloudWatch::Alarm'))
      expect(Properties.AlarmActions).toEqual([arn('sns', 'slipway-production-alarms')]);
    for (const { Properties } of all('slipway-orders-staging', 'AWS::CloudWatch::Alarm'))
      expect(Properties).not.toHaveProperty('AlarmActions');
  });

  test('of errors and latency stop a release and take it back', () => {
    const group = rich.resource(production, 'AWS::CodeDeploy::DeploymentGroup').Properties;
    expect(group.AutoRollbackConfiguration.Events).toContain('DEPLOYMENT_STOP_ON_ALARM');
    expect(group.AlarmConfiguration.Enabled).toBe(true);
    const resources = rich.template(production).Resources;
    expect(
      group.AlarmConfiguration.Alarms.map(
        ({ Name }: { Name: { Ref: string } }) => resources[Name.Ref]!.Properties.AlarmName,
      ),
    ).toEqual([`${production}-errors`, `${production}-latency`]);
  });
});

test('an environment without dashboards has none', () => {
  expect(all('slipway-orders-staging', 'AWS::CloudWatch::Dashboard')).toEqual([]);
});

test('a dashboard shows one service on one page, and is JSON', () => {
  const { DashboardName, DashboardBody } = rich.resource(production, 'AWS::CloudWatch::Dashboard').Properties;
  expect(DashboardName).toBe(production);
  const parts: unknown[] = DashboardBody['Fn::Join'][1];
  const body = JSON.parse(parts.map(part => (typeof part === 'string' ? part : 'x')).join(''));
  expect(body.widgets.map((widget: { properties: { title: string } }) => widget.properties.title)).toEqual([
    ...['Requests a minute', 'Answers with 5xx', 'Seconds to answer', 'Tasks', 'CPU and memory, percent'],
    ...['Units that tables used', 'Alarms'],
  ]);
});

describe('secrets', () => {
  test('reach a release by reference only, below the prefix of the service and its environment', () => {
    const [own, cache] = release('production').containerDefinitions;
    expect(own.secrets).toEqual([
      {
        name: 'DATABASE_URL',
        valueFrom: `${arn('secretsmanager', 'secret:slipway/production/orders/database')}:url::`,
      },
      { name: 'PAYMENT_TOKEN', valueFrom: arn('ssm', 'parameter/slipway/production/orders/payment/token') },
      { name: 'SIGNING_KEY', valueFrom: arn('secretsmanager', 'secret:slipway/production/orders/signing') },
    ]);
    expect(cache!.secrets).toEqual([
      { name: 'REDIS_PASSWORD', valueFrom: arn('secretsmanager', 'secret:shared/redis-AbCdEf') },
    ]);
    expect(own.environment.map(({ name }) => name)).not.toContain('SIGNING_KEY');
  });

  test('that are to be made are made once, where data is kept, and stay', () => {
    const secret = rich.resource('slipway-orders-data-production', 'AWS::SecretsManager::Secret');
    expect([secret.DeletionPolicy, secret.UpdateReplacePolicy]).toEqual(['RetainExceptOnCreate', 'Retain']);
    expect(secret.Properties).toMatchObject({
      Name: 'slipway/production/orders/signing',
      GenerateSecretString: { PasswordLength: 48, ExcludePunctuation: true },
    });
    expect(secret.Properties).not.toHaveProperty('SecretString');
  });

  test('are none of the seed: a service is created before anybody has filled them in', () => {
    const seed = rich.resource(production, 'AWS::ECS::TaskDefinition').Properties.ContainerDefinitions;
    expect(seed).toHaveLength(1);
    expect(seed[0]).not.toHaveProperty('Secrets');
    expect(seed[0]).not.toHaveProperty('DependsOn');
  });
});

describe('sidecars', () => {
  test("run in every release, from the account's own registry, with streams of their own", () => {
    const [own, cache] = release('production').containerDefinitions;
    expect(own.dependsOn).toEqual([{ containerName: 'cache', condition: 'HEALTHY' }]);
    expect(cache).toMatchObject({
      name: 'cache',
      image: '123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/ecr-public/docker/library/redis:7.4',
      ...{ essential: false, cpu: 0, memory: 256 },
      portMappings: [{ containerPort: 6379, protocol: 'tcp' }],
      healthCheck: {
        command: ['CMD', 'redis-cli', 'ping'],
        interval: 30,
        timeout: 5,
        retries: 3,
        startPeriod: 5,
      },
      logConfiguration: {
        options: { 'awslogs-group': '/slipway/production/orders', 'awslogs-stream-prefix': 'cache' },
      },
    });
  });
});

describe("a sidecar of the service's own image", () => {
  const [own, , feed] = release('production').containerDefinitions;
  const variables = (container: typeof feed) =>
    Object.fromEntries(container!.environment.map(({ name, value }) => [name, value]));

  test('runs its command in the image of the release, filled in by the build and not by CodePipeline', () => {
    expect(feed).toMatchObject({
      image: '123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/slipway/orders@<SLIPWAY_DIGEST>',
      command: ['node', 'feed.js'],
      portMappings: [{ containerPort: 3001 }, { containerPort: 3002 }],
    });
    expect(own.image).toBe('<IMAGE1_NAME>');
  });

  test('has the variables of the service and its own, its own port, and no secret that it does not name', () => {
    const { PORT, GREETING, ...shared } = variables(feed);
    expect({ PORT, GREETING }).toEqual({ PORT: '3001', GREETING: 'good morning' });
    expect({ ...shared, PORT: '3000', GREETING: 'hello' }).toEqual(variables(own));
    expect(shared).toHaveProperty('TABLE_ORDERS', `${production}-orders`);
    expect(shared).toHaveProperty('SLIPWAY_COMMIT', '<SLIPWAY_COMMIT>');
    expect(feed).not.toHaveProperty('secrets');
  });

  test('is found by the service at the loopback address of the task, and needs no further repository', () => {
    expect(variables(own)).toMatchObject({
      CONTAINER_CACHE: '127.0.0.1:6379',
      CONTAINER_FEED: '127.0.0.1:3001',
    });
    const seed = rich.resource(production, 'AWS::ECS::TaskDefinition').Properties.ContainerDefinitions;
    expect(seed.map(({ Name }: { Name: string }) => Name)).toEqual(['orders']);
  });
});

describe('schedules', () => {
  const schedule = (name: string) => named('AWS::Scheduler::Schedule', 'Name', name);

  test('start at their times a function that runs the live version, never the latest revision of the family', () => {
    expect(schedule('cleanup')).toMatchObject({
      ...{ ScheduleExpression: 'cron(0 3 * * ? *)', ScheduleExpressionTimezone: 'Asia/Tokyo' },
      Target: {
        Arn: arn('lambda', `function:${production}-schedule`),
        RoleArn: `arn:aws:iam::123456789012:role/${production}-scheduler`,
      },
    });
    expect(JSON.parse(schedule('cleanup').Target.Input)).toEqual({
      ...{ schedule: 'cleanup', execution: '<aws.scheduler.execution-id>' },
      ...{ command: ['node', 'cleanup.js'], environment: { DAYS: '30' } },
    });
    expect(schedule('poll').ScheduleExpression).toBe('rate(5 minutes)');
    expect(JSON.parse(schedule('poll').Target.Input)).toMatchObject({ cpu: 256, memory: 512 });
  });

  test('keep what could not be delivered, and tell of it', () => {
    const queue = { 'Fn::GetAtt': ['Undelivered', 'Arn'] };
    expect(schedule('cleanup').Target).toMatchObject({
      ...{ DeadLetterConfig: { Arn: queue }, RetryPolicy: { MaximumRetryAttempts: 5 } },
    });
    const alarm = named('AWS::CloudWatch::Alarm', 'AlarmName', `${production}-schedules`);
    expect(alarm.Metrics[0].Expression).toBe('FILL(failed, 0) + FILL(dropped, 0)');
  });

  test('have code that fits into a template', () => {
    const { ZipFile } = named('AWS::Lambda::Function', 'FunctionName', `${production}-schedule`).Code;
    expect(ZipFile.length).toBeLessThanOrEqual(4096);
  });
});

describe('a service that calls others', () => {
  test('finds their base addresses in its environment', () => {
    const [own] = release('production').containerDefinitions;
    expect(own.environment).toEqual(
      expect.arrayContaining([
        { name: 'SERVICE_MARKET_URL', value: 'http://production.slipway.internal/market' },
        { name: 'SERVICE_USER_URL', value: 'http://production.slipway.internal/users' },
      ]),
    );
  });

  test('has the way to the balancer, which one that calls nobody has not', () => {
    const out = (stack: string) =>
      all(stack, 'AWS::EC2::SecurityGroupEgress').filter(
        ({ Properties }) => Properties.Description === 'To other services',
      );
    expect(out(production)).toHaveLength(1);
    expect(out('slipway-market-production')).toHaveLength(0);
  });
});

/** Types that CloudFormation gives no tags. */
const UNTAGGED = [
  ...['AWS::ApplicationAutoScaling::ScalableTarget', 'AWS::ApplicationAutoScaling::ScalingPolicy'],
  ...['AWS::EC2::SecurityGroupEgress', 'AWS::EC2::SecurityGroupIngress', 'AWS::ECR::PullThroughCacheRule'],
  ...['AWS::S3::BucketPolicy', 'AWS::SQS::QueuePolicy', 'AWS::Scheduler::Schedule'],
  ...['AWS::CodeDeploy::DeploymentConfig', 'AWS::CodeDeploy::DeploymentGroup'],
];

test('everything of a service that takes tags has those of service, team, environment and repository', () => {
  const stacks = Object.keys(rich.templates).filter(stack =>
    /^slipway-orders-(data-)?production$/.test(stack),
  );
  expect(stacks).toHaveLength(2);
  for (const { Type, Properties } of stacks.flatMap(stack => Object.values(rich.template(stack).Resources))) {
    if (UNTAGGED.includes(Type)) continue;
    // A rule is never changed by a template, so it bears what never changes: not the team.
    const team = Type === listenerRule ? [] : ['slipway:team=orders'];
    expect([Type, tagsOf(Properties.Tags)]).toEqual([
      Type,
      expect.arrayContaining([
        ...['slipway:service=orders', 'slipway:environment=production', 'slipway:repository=slipway'],
        ...team,
      ]),
    ]);
  }
});

const listenerRule = 'AWS::ElasticLoadBalancingV2::ListenerRule';

/** Most types have a list, a few a map. */
function tagsOf(tags: { Key: string; Value: string }[] | Record<string, string>): string[] {
  if (!Array.isArray(tags)) return Object.entries(tags).map(([key, value]) => `${key}=${value}`);
  return tags.map(({ Key, Value }) => `${Key}=${Value}`);
}

test('buckets keep old versions for a while, in every environment', () => {
  for (const [environment, days] of Object.entries({ staging: 14, production: 90 })) {
    const bucket = rich.resource(`slipway-orders-data-${environment}`, 'AWS::S3::Bucket').Properties;
    expect(bucket.VersioningConfiguration).toEqual({ Status: 'Enabled' });
    expect(bucket.LifecycleConfiguration.Rules).toMatchObject([
      {
        NoncurrentVersionExpiration: { NoncurrentDays: days },
        AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
      },
    ]);
  }
});

describe('roles of a service', () => {
  const role = (name: string) =>
    [...rich.resources('AWS::IAM::Role'), ...fixtureAssembly().resources('AWS::IAM::Role')].find(
      ({ Properties }) => Properties.RoleName === name,
    )!;
  const statements = (name: string): { Action: string | string[]; Resource: string | string[] }[] =>
    role(name).Properties.Policies[0].PolicyDocument.Statement;
  const resourcesOf = (name: string, action: string) =>
    statements(name).flatMap(({ Action, Resource }) =>
      [Action].flat().includes(action) ? [Resource].flat() : [],
    );

  test('read exactly the secrets that its tasks are given', () => {
    const prefix = arn('secretsmanager', 'secret:slipway/production/orders');
    expect(resourcesOf(`${production}-execution`, 'secretsmanager:GetSecretValue').sort()).toEqual([
      arn('secretsmanager', 'secret:shared/redis-AbCdEf'),
      ...[`${prefix}/database`, `${prefix}/database-??????`, `${prefix}/signing`, `${prefix}/signing-??????`],
    ]);
    expect(resourcesOf(`${production}-execution`, 'ssm:GetParameters')).toEqual([
      arn('ssm', 'parameter/slipway/production/orders/payment/token'),
    ]);
    const actions = statements('slipway-news-production-execution').flatMap(({ Action }) => Action);
    expect(actions.filter(action => /secretsmanager|ssm/.test(action))).toEqual([]);
  });

  test('pull exactly the images of its sidecars, beside its own', () => {
    expect(resourcesOf(`${production}-execution`, 'ecr:BatchGetImage')).toEqual(
      expect.arrayContaining([
        arn('ecr', 'repository/slipway/orders'),
        arn('ecr', 'repository/ecr-public/docker/library/redis'),
      ]),
    );
  });

  test('run what is scheduled: its own family in its own cluster, with exactly its two task roles', () => {
    expect(resourcesOf(`${production}-schedule`, 'ecs:RunTask')).toEqual([
      arn('ecs', `task-definition/${production}:*`),
    ]);
    expect(resourcesOf(`${production}-schedule`, 'iam:PassRole')).toEqual(
      ['execution', 'task'].map(name => `arn:aws:iam::123456789012:role/${production}-${name}`),
    );
    expect(statements(`${production}-scheduler`).flatMap(({ Action }) => Action)).toEqual([
      ...['lambda:InvokeFunction', 'sqs:SendMessage'],
    ]);
    const names = fixtureAssembly()
      .resources('AWS::IAM::Role')
      .map(({ Properties }) => Properties.RoleName);
    expect(names.filter(name => /-schedule(r)?$/.test(name))).toEqual([]);
  });
});
