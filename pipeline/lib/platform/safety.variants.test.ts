import { describe, expect, test } from '@jest/globals';
import type { Assembly } from '../testing/fixture.ts';
import { placeAssembly } from '../testing/place.ts';

const CLUSTER = 'slipway-cluster-production';
const NETWORK = 'slipway-network-production';
const find = (assembly: Assembly, stack: string, type: string) =>
  Object.values(assembly.template(stack).Resources)
    .filter(({ Type }) => Type === type)
    .map(({ Properties }) => Properties);

describe('the balancers of a protected environment', () => {
  const plain = placeAssembly();
  const guarded = placeAssembly({ place: '    protect: true\n    logs: 30' });
  const attributes = (assembly: Assembly, type: string): Record<string, unknown> =>
    Object.fromEntries(
      find(assembly, CLUSTER, 'AWS::ElasticLoadBalancingV2::LoadBalancer')
        .find(({ Type }) => Type === type)
        .LoadBalancerAttributes.map(({ Key, Value }: { Key: string; Value: unknown }) => [Key, Value]),
    );

  test('cannot be deleted by mistake', () => {
    for (const type of ['application', 'network']) {
      expect(attributes(guarded, type)['deletion_protection.enabled']).toBe('true');
      expect(attributes(plain, type)['deletion_protection.enabled']).toBe('false');
    }
  });

  test('keep a log of who asked for what, as long as the environment keeps its logs', () => {
    expect(attributes(guarded, 'application')['access_logs.s3.enabled']).toBe('true');
    expect(attributes(plain, 'application')).not.toHaveProperty(['access_logs.s3.enabled']);
    const bucket = guarded.resource(CLUSTER, 'AWS::S3::Bucket');
    expect(bucket.DeletionPolicy).toBe('RetainExceptOnCreate');
    expect(bucket.Properties).toMatchObject({
      BucketName: 'slipway-production-access-log-123456789012-ap-northeast-1',
      LifecycleConfiguration: { Rules: [{ ExpirationInDays: 30, Status: 'Enabled' }] },
    });
    expect(Object.values(bucket.Properties.PublicAccessBlockConfiguration)).toEqual([true, true, true, true]);
  });

  test('are let into their log by the account of the balancers in that region, over TLS, and write only', () => {
    const [policy] = find(guarded, CLUSTER, 'AWS::S3::BucketPolicy');
    const statements: { Effect: string; Action: string; Principal: { AWS?: string } }[] =
      policy.PolicyDocument.Statement;
    // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
    expect(statements).toContainEqual(
      expect.objectContaining({
        Action: 's3:PutObject',
        Principal: { AWS: 'arn:aws:iam::582318560864:root' },
      }),
    );
    expect(JSON.stringify(statements)).toContain('"aws:SecureTransport":"false"');
    const allowed = statements.filter(({ Effect }) => Effect === 'Allow').map(({ Action }) => Action);
    expect(new Set(allowed)).toEqual(new Set(['s3:PutObject', 's3:GetBucketAcl']));
  });

  test('drop headers that no proxy should lead on, in every environment', () => {
    const drop = 'routing.http.drop_invalid_header_fields.enabled';
    expect([attributes(plain, 'application')[drop], attributes(guarded, 'application')[drop]]).toEqual([
      ...['true', 'true'],
    ]);
  });
});

describe('the alarms of the platform', () => {
  const told = placeAssembly({
    network: 'nat: 2',
    place: '    alarms: { email: [ops@example.com], topic: "arn:aws:sns:ap-northeast-1:123456789012:pager" }',
  });
  const targets = [
    'arn:aws:sns:ap-northeast-1:123456789012:slipway-production-alarms',
    'arn:aws:sns:ap-northeast-1:123456789012:pager',
  ];

  test('cost nothing where nobody is to be told: no topic, no key, no alarm', () => {
    const types = [NETWORK, CLUSTER].flatMap(stack =>
      Object.values(placeAssembly().template(stack).Resources).map(({ Type }) => Type),
    );
    expect(types.filter(type => /SNS|KMS|CloudWatch/.test(type))).toEqual([]);
  });

  test('watch door, balancer and each gateway, and tell when it is over, too', () => {
    const alarms = [NETWORK, CLUSTER].flatMap(stack => find(told, stack, 'AWS::CloudWatch::Alarm'));
    expect(alarms.map(({ AlarmName, Namespace, MetricName }) => [AlarmName, Namespace, MetricName])).toEqual([
      ['slipway-production-nat-1-ports', 'AWS/NATGateway', 'ErrorPortAllocation'],
      ['slipway-production-nat-2-ports', 'AWS/NATGateway', 'ErrorPortAllocation'],
      ['slipway-production-balancer-5xx', 'AWS/ApplicationELB', 'HTTPCode_ELB_5XX_Count'],
      ['slipway-production-door-unhealthy', 'AWS/NetworkELB', 'UnHealthyHostCount'],
    ]);
    for (const { AlarmActions, OKActions } of alarms)
      expect([AlarmActions, OKActions]).toEqual([targets, targets]);
  });

  test('reach their addresses through a topic that only alarms and events of this account may write to', () => {
    const topic = told.resource(NETWORK, 'AWS::SNS::Topic').Properties;
    expect(topic.TopicName).toBe('slipway-production-alarms');
    expect(topic.KmsMasterKeyId).toEqual({ 'Fn::GetAtt': ['AlarmKey', 'Arn'] });
    expect(find(told, NETWORK, 'AWS::SNS::Subscription')).toMatchObject([
      { Protocol: 'email', Endpoint: 'ops@example.com' },
    ]);
    const [policy] = find(told, NETWORK, 'AWS::SNS::TopicPolicy');
    const allowed = policy.PolicyDocument.Statement.filter(
      ({ Effect }: { Effect: string }) => Effect === 'Allow',
    );
    const here = 'ap-northeast-1:123456789012';
    expect(
      allowed.map(({ Principal, Condition }: { Principal: { Service: string }; Condition: object }) => [
        ...[Principal.Service, Condition],
      ]),
    ).toEqual([
      [
        'cloudwatch.amazonaws.com',
        { ArnLike: { 'aws:SourceArn': `arn:aws:cloudwatch:${here}:alarm:slipway-*` } },
      ],
      ['events.amazonaws.com', { ArnLike: { 'aws:SourceArn': `arn:aws:events:${here}:rule/slipway-*` } }],
      ['codestar-notifications.amazonaws.com', { StringEquals: { 'aws:SourceAccount': '123456789012' } }],
    ]);
  });

  test('have a topic before the first of them', () => {
    const alarm = told.resource(NETWORK, 'AWS::CloudWatch::Alarm', ({ AlarmName }) =>
      AlarmName.endsWith('nat-1-ports'),
    );
    expect(alarm.DependsOn).toEqual(['AlarmTopicPolicy']);
  });

  test('make no topic where another one is named', () => {
    const elsewhere = placeAssembly({
      place: '    alarms: { topic: "arn:aws:sns:ap-northeast-1:123456789012:pager" }',
    });
    expect(find(elsewhere, NETWORK, 'AWS::SNS::Topic')).toEqual([]);
    expect(find(elsewhere, CLUSTER, 'AWS::CloudWatch::Alarm')[0].AlarmActions).toEqual([targets[1]]);
  });
});

describe('a task that is started once', () => {
  test('can be reached from nowhere unless the network says from where', () => {
    const groups = find(placeAssembly(), CLUSTER, 'AWS::EC2::SecurityGroup');
    expect(groups.map(({ GroupName }) => GroupName)).not.toContain('slipway-production-public-task');
  });

  test('can be reached on port 80 from the range that the network names, and reaches the world over TLS', () => {
    const assembly = placeAssembly({ network: 'publicTasksFrom: 203.0.113.0/24' });
    const group = find(assembly, CLUSTER, 'AWS::EC2::SecurityGroup').find(
      ({ GroupName }) => GroupName === 'slipway-production-public-task',
    );
    expect(group.SecurityGroupIngress).toMatchObject([
      { CidrIp: '203.0.113.0/24', FromPort: 80, ToPort: 80 },
    ]);
    expect(group.SecurityGroupEgress).toMatchObject([{ CidrIp: '0.0.0.0/0', FromPort: 443, ToPort: 443 }]);
    expect(assembly.template(CLUSTER).Outputs?.PublicTaskSecurityGroupId?.Export?.Name).toBe(
      'slipway-production-public-task-security-group',
    );
  });
});
