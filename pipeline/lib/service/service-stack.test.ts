import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { fixtureAssembly } from '../testing/fixture.ts';
import type { TaskDefinition } from './task-definition.ts';

const assembly = fixtureAssembly();

const imported = (name: string) => ({ 'Fn::ImportValue': `slipway-production-${name}` });
const listener = 'AWS::ElasticLoadBalancingV2::ListenerRule';

describe('a service stack', () => {
  const stack = 'slipway-news-production';
  const only = (type: string) => assembly.resource(stack, type);

  test('leaves deployments to CodeDeploy and names the family only, so a release never changes it', () => {
    const service = only('AWS::ECS::Service');
    expect(service.Properties).toMatchObject({
      ServiceName: 'news',
      Cluster: imported('cluster'),
      DeploymentController: { Type: 'CODE_DEPLOY' },
      TaskDefinition: 'slipway-news-production',
      DesiredCount: 2,
    });
    expect(service.Properties.DeploymentConfiguration).not.toHaveProperty('DeploymentCircuitBreaker');
    expect(service.Properties).not.toHaveProperty('ServiceConnectConfiguration');
  });

  test('runs its tasks in the private subnets, without public addresses', () => {
    expect(only('AWS::ECS::Service').Properties.NetworkConfiguration.AwsvpcConfiguration).toEqual({
      AssignPublicIp: 'DISABLED',
      Subnets: [imported('private-subnet-1'), imported('private-subnet-2')],
      SecurityGroups: [{ 'Fn::GetAtt': ['SecurityGroup', 'GroupId'] }],
    });
  });

  test('creates the service after its seed, its rules and its ways through the security groups', () => {
    const edges = ['BalancerToService', 'FromBalancer'];
    expect(only('AWS::ECS::Service').DependsOn).toEqual(
      expect.arrayContaining(['Seed', 'ProductionRule', 'TestRule', 'Logs', ...edges]),
    );
  });

  test('takes its rules away before either target group: CodeDeploy leaves both in a rule', () => {
    const rules = Object.values(assembly.template(stack).Resources).filter(({ Type }) => Type === listener);
    expect(rules).toHaveLength(2);
    for (const { DependsOn } of rules) expect(DependsOn).toEqual(['Green']);
  });

  test('begins with a seed that keeps its revisions and needs no build', () => {
    const seed = only('AWS::ECS::TaskDefinition');
    expect(seed.UpdateReplacePolicy).toBe('Retain');
    expect(seed.Properties.Family).toBe('slipway-news-production');
    const [container] = seed.Properties.ContainerDefinitions;
    expect(container.Image).toBe(
      '123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/ecr-public/docker/library/node:24-slim',
    );
    expect(container.Command.slice(0, 2)).toEqual(['node', '-e']);
    const names = container.Environment.map((variable: { Name: string }) => variable.Name);
    expect(names).not.toEqual(expect.arrayContaining([expect.stringMatching(/COMMIT|INPUTS/)]));
  });

  test('routes its path on the production and the test listener to blue, at a place of its own', () => {
    const rules = Object.values(assembly.template(stack).Resources).filter(({ Type }) => Type === listener);
    expect(rules.map(rule => rule.Properties.ListenerArn)).toEqual([
      ...[imported('production-listener'), imported('test-listener')],
    ]);
    for (const { Properties } of rules) {
      expect(Properties.Conditions).toEqual([
        { Field: 'path-pattern', PathPatternConfig: { Values: ['/news', '/news/*'] } },
      ]);
      expect(Properties.Actions).toEqual([{ Type: 'forward', TargetGroupArn: { Ref: 'Blue' } }]);
    }
    const priorities = ['news', 'market', 'user'].map(
      service =>
        assembly.resource(`slipway-${service}-staging`, listener, ({ ListenerArn }) =>
          JSON.stringify(ListenerArn).includes('production-listener'),
        ).Properties.Priority,
    );
    expect(new Set(priorities).size).toBe(3);
  });

  test('lets in the balancer on its port, and lets out to AWS only, when it calls nobody', () => {
    const group = { 'Fn::GetAtt': ['SecurityGroup', 'GroupId'] };
    const balancer = imported('balancer-security-group');
    expect(only('AWS::EC2::SecurityGroup').Properties).toMatchObject({
      SecurityGroupEgress: [{ ToPort: 443 }],
    });
    const edges = Object.values(assembly.template(stack).Resources).flatMap(({ Type, Properties }) => {
      if (Type === 'AWS::EC2::SecurityGroupIngress') {
        return [['in', Properties.GroupId, Properties.SourceSecurityGroupId, Properties.ToPort]];
      }
      if (Type !== 'AWS::EC2::SecurityGroupEgress') return [];
      return [['out', Properties.GroupId, Properties.DestinationSecurityGroupId, Properties.ToPort]];
    });
    expect(edges).toEqual([
      ['in', group, balancer, 3000],
      ['out', balancer, group, 3000],
    ]);
  });

  test('lets CodeDeploy shift, go back by itself, and keep the old version for a while', () => {
    const { Properties } = only('AWS::CodeDeploy::DeploymentGroup');
    expect(Properties).toMatchObject({
      ApplicationName: { Ref: 'Application' },
      DeploymentGroupName: 'slipway-news-production',
      AutoRollbackConfiguration: {
        Enabled: true,
        Events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_REQUEST', 'DEPLOYMENT_STOP_ON_ALARM'],
      },
      DeploymentStyle: { DeploymentType: 'BLUE_GREEN', DeploymentOption: 'WITH_TRAFFIC_CONTROL' },
      BlueGreenDeploymentConfiguration: {
        DeploymentReadyOption: { ActionOnTimeout: 'CONTINUE_DEPLOYMENT' },
        TerminateBlueInstancesOnDeploymentSuccess: { Action: 'TERMINATE', TerminationWaitTimeInMinutes: 5 },
      },
    });
    const staging = assembly.resource('slipway-news-staging', 'AWS::CodeDeploy::DeploymentGroup').Properties;
    expect(
      staging.BlueGreenDeploymentConfiguration.TerminateBlueInstancesOnDeploymentSuccess
        .TerminationWaitTimeInMinutes,
    ).toBe(1);
  });

  test.each([
    ['market', 'CodeDeployDefault.ECSAllAtOnce'],
    ['news', 'CodeDeployDefault.ECSCanary10Percent5Minutes'],
    ['user', { Ref: 'Canary25Percent3Minutes' }],
  ])('shifts %s as its contract says', (service, config) => {
    const group = assembly.resource(`slipway-${service}-production`, 'AWS::CodeDeploy::DeploymentGroup');
    expect(group.Properties.DeploymentConfigName).toEqual(config);
  });

  test('shifts all at once where the environment has nobody to spare, whatever the contract says', () => {
    for (const service of ['market', 'news', 'user']) {
      const group = assembly.resource(`slipway-${service}-staging`, 'AWS::CodeDeploy::DeploymentGroup');
      expect(group.Properties.DeploymentConfigName).toBe('CodeDeployDefault.ECSAllAtOnce');
    }
  });

  test('gives a configuration of its own a name with its numbers, since it can never change', () => {
    expect(
      assembly.resource('slipway-user-production', 'AWS::CodeDeploy::DeploymentConfig').Properties,
    ).toEqual({
      DeploymentConfigName: 'slipway-user-production-canary-25-3',
      ComputePlatform: 'ECS',
      TrafficRoutingConfig: {
        Type: 'TimeBasedCanary',
        TimeBasedCanary: { CanaryPercentage: 25, CanaryInterval: 3 },
      },
    });
  });

  test('has only names that AWS takes, even where service and environment have the longest', () => {
    for (const { Properties } of assembly.resources('AWS::ElasticLoadBalancingV2::TargetGroup')) {
      expect(Properties.Name.length).toBeLessThanOrEqual(32);
    }
    expect(`${'x'.repeat(15)}-${'y'.repeat(10)}-green`.length).toBeLessThanOrEqual(32);
  });
});

describe('the files of a release', () => {
  const file = (name: string) => readFileSync(join(assembly.path, 'release/news/production', name), 'utf8');
  const taskDefinition = () => JSON.parse(file('taskdef.json')) as TaskDefinition;

  test('leave open what only a build and CodePipeline know', () => {
    const [container] = taskDefinition().containerDefinitions;
    const variables = Object.fromEntries(container.environment.map(({ name, value }) => [name, value]));
    expect(container.image).toBe('<IMAGE1_NAME>');
    expect(container.command).toBeUndefined();
    expect(variables).toEqual({
      GREETING: 'hello',
      PORT: '3000',
      SLIPWAY_CHECKS: '/news/',
      SLIPWAY_COMMIT: '<SLIPWAY_COMMIT>',
      SLIPWAY_DEFINITION: expect.stringMatching(/^[0-9a-f]{32}$/),
      SLIPWAY_ENVIRONMENT: 'production',
      SLIPWAY_INPUTS: '<SLIPWAY_INPUTS>',
      SLIPWAY_PATH: '/news',
      SLIPWAY_SERVICE: 'news',
      TABLE_ARTICLES: 'slipway-news-production-articles',
    });
  });

  test('continue the family of the seed, with its roles, size and logs', () => {
    const seed = assembly.resource('slipway-news-production', 'AWS::ECS::TaskDefinition').Properties;
    const release = taskDefinition();
    expect(release).toMatchObject({
      family: seed.Family,
      cpu: seed.Cpu,
      memory: seed.Memory,
      executionRoleArn: seed.ExecutionRoleArn,
      taskRoleArn: seed.TaskRoleArn,
      networkMode: seed.NetworkMode,
    });
    expect(release.containerDefinitions[0].logConfiguration.options).toEqual(
      seed.ContainerDefinitions[0].LogConfiguration.Options,
    );
  });

  test('repeat the capacity providers, which CodeDeploy would forget, and never the network', () => {
    expect(file('appspec.yaml')).toMatch(/^version: 0\.0\n/);
    const { Properties } = parse(file('appspec.yaml')).Resources[0].TargetService;
    expect(Properties).toEqual({
      TaskDefinition: '<TASK_DEFINITION>',
      LoadBalancerInfo: { ContainerName: 'news', ContainerPort: 3000 },
      PlatformVersion: 'LATEST',
      CapacityProviderStrategy: [{ CapacityProvider: 'FARGATE', Base: 0, Weight: 1 }],
    });
    const service = assembly.resource('slipway-news-production', 'AWS::ECS::Service').Properties;
    expect(service.CapacityProviderStrategy).toEqual(Properties.CapacityProviderStrategy);
    expect(service.PlatformVersion).toBe(Properties.PlatformVersion);
  });

  test('carry the commit as a tag, too', () => {
    expect(taskDefinition().tags).toContainEqual({ key: 'slipway:commit', value: '<SLIPWAY_COMMIT>' });
  });
});

describe('a data stack', () => {
  test('keeps tables and buckets whatever happens to the stack, unless its creation fails', () => {
    const kept = [...assembly.resources('AWS::DynamoDB::Table'), ...assembly.resources('AWS::S3::Bucket')];
    expect(kept.length).toBeGreaterThan(3);
    for (const resource of kept) {
      expect([resource.DeletionPolicy, resource.UpdateReplacePolicy]).toEqual([
        'RetainExceptOnCreate',
        'Retain',
      ]);
    }
  });

  test('makes the tables of the contract, protected where the environment says so', () => {
    const table = (env: string) =>
      assembly.resource(`slipway-news-data-${env}`, 'AWS::DynamoDB::Table').Properties;
    expect(table('production')).toMatchObject({
      TableName: 'slipway-news-production-articles',
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
      DeletionProtectionEnabled: true,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      GlobalSecondaryIndexes: [
        {
          IndexName: 'byCategory',
          KeySchema: [
            { AttributeName: 'category', KeyType: 'HASH' },
            { AttributeName: 'publishedAt', KeyType: 'RANGE' },
          ],
        },
      ],
    });
    expect(table('staging').DeletionProtectionEnabled).toBe(false);
  });

  test('makes the buckets of the contract, private and over TLS only', () => {
    const bucket = assembly.resource('slipway-market-data-staging', 'AWS::S3::Bucket').Properties;
    expect(bucket.BucketName).toBe('slipway-market-staging-snapshots-123456789012');
    expect(Object.values(bucket.PublicAccessBlockConfiguration)).toEqual([true, true, true, true]);
    const policy = assembly.resource('slipway-market-data-staging', 'AWS::S3::BucketPolicy');
    expect(JSON.stringify(policy)).toContain('"aws:SecureTransport":"false"');
  });
});
