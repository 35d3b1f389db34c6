import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { synthesize } from '../synth.ts';
import { readAssembly, tempFolder, writeRepository } from '../testing/fixture.ts';

const contract = (name: string, deployment: string) =>
  `name: ${name}\nteam: press\npath: /${name}\n${deployment && `deployment: ${deployment}\n`}`;

/** The same service by one controller and by the other, and one service for each strategy. */
const before = { news: contract('news', '{ strategy: canary }') };
const after = {
  news: contract('news', '{ controller: ecs, strategy: canary, percentage: 2.5, interval: 20, bake: 15 }'),
  market: contract('market', '{ controller: ecs, strategy: rolling }'),
  user: `${contract('user', '{ controller: ecs, strategy: linear, percentage: 25 }')}calls: [news]\n`,
  blog: contract('blog', '{ controller: ecs }'),
};

const folder = tempFolder();
afterAll(() => folder[Symbol.dispose]());

function assemblyOf(name: string, services: Record<string, string>) {
  const root = join(folder.path, name);
  writeRepository(root, { services });
  synthesize({ root, out: join(root, 'cdk.out') });
  return readAssembly(join(root, 'cdk.out'));
}

const codedeploy = assemblyOf('codedeploy', before);
const ecs = assemblyOf('ecs', after);

const serviceIn = (stack: string) => ecs.resource(stack, 'AWS::ECS::Service').Properties;
const roleArn = (name: string) => `arn:aws:iam::123456789012:role/${name}`;
const imported = (name: string) => ({ 'Fn::ImportValue': `slipway-production-${name}` });

describe('a service whose deployments ECS controls', () => {
  test.each([
    [
      'news',
      'production',
      {
        Strategy: 'CANARY',
        CanaryConfiguration: { CanaryPercent: 2.5, CanaryBakeTimeInMinutes: 20 },
        BakeTimeInMinutes: 15,
      },
    ],
    [
      'user',
      'production',
      {
        Strategy: 'LINEAR',
        LinearConfiguration: { StepPercent: 25, StepBakeTimeInMinutes: 3 },
        BakeTimeInMinutes: 5,
      },
    ],
    ['blog', 'production', { Strategy: 'BLUE_GREEN', BakeTimeInMinutes: 5 }],
    ['news', 'staging', { Strategy: 'BLUE_GREEN', BakeTimeInMinutes: 1 }],
    [
      'market',
      'staging',
      {
        Strategy: 'ROLLING',
        DeploymentCircuitBreaker: { Enable: true, Rollback: true },
        BakeTimeInMinutes: 1,
      },
    ],
  ])(
    '%s takes over in %s as its contract says, and bakes for a time that is said',
    (name, place, expected) => {
      const { DeploymentConfiguration, DeploymentController } = serviceIn(`slipway-${name}-${place}`);
      const { LifecycleHooks: _, Alarms, ...configuration } = DeploymentConfiguration;
      expect(Alarms).toEqual({
        AlarmNames: [{ Ref: 'Alarmerrors' }, { Ref: 'Alarmlatency' }],
        ...{ Enable: true, Rollback: true },
      });
      expect(DeploymentController).toEqual({ Type: 'ECS' });
      expect(configuration).toEqual({ MaximumPercent: 200, MinimumHealthyPercent: 100, ...expected });
    },
  );

  test('has the circuit breaker only where it rolls: the other strategies go back by themselves', () => {
    for (const name of ['news', 'user', 'blog'])
      expect(serviceIn(`slipway-${name}-production`).DeploymentConfiguration).not.toHaveProperty(
        'DeploymentCircuitBreaker',
      );
  });

  test('is checked behind the test listener before users meet it', () => {
    expect(serviceIn('slipway-news-production').DeploymentConfiguration.LifecycleHooks).toEqual([
      {
        HookTargetArn: 'arn:aws:lambda:ap-northeast-1:123456789012:function:slipway-production-check',
        LifecycleStages: ['POST_TEST_TRAFFIC_SHIFT'],
        RoleArn: roleArn('slipway-news-production-infrastructure'),
      },
    ]);
  });

  test('shifts between blue and green on its rules of both listeners', () => {
    expect(serviceIn('slipway-news-production').LoadBalancers).toEqual([
      {
        ContainerName: 'news',
        ContainerPort: 3000,
        TargetGroupArn: { Ref: 'Blue' },
        AdvancedConfiguration: {
          AlternateTargetGroupArn: { Ref: 'Green' },
          ProductionListenerRule: { Ref: 'ProductionRule' },
          TestListenerRule: { Ref: 'TestRule' },
          RoleArn: roleArn('slipway-news-production-infrastructure'),
        },
      },
    ]);
    const actions = (id: string) => ecs.template('slipway-news-production').Resources[id]!.Properties.Actions;
    expect(actions('ProductionRule')).toEqual([{ Type: 'forward', TargetGroupArn: { Ref: 'Blue' } }]);
    expect(actions('TestRule')[0].ForwardConfig.TargetGroups).toEqual([
      { TargetGroupArn: { Ref: 'Blue' }, Weight: 100 },
      { TargetGroupArn: { Ref: 'Green' }, Weight: 0 },
    ]);
  });

  test('has one colour and no hook while it rolls', () => {
    const service = serviceIn('slipway-market-production');
    expect(service.LoadBalancers[0]).not.toHaveProperty('AdvancedConfiguration');
    expect(service.DeploymentConfiguration).not.toHaveProperty('LifecycleHooks');
  });

  test('is found by its name in the namespace of its environment', () => {
    expect(serviceIn('slipway-news-production').ServiceConnectConfiguration).toMatchObject({
      Enabled: true,
      Namespace: imported('namespace'),
      Services: [{ PortName: 'http', DiscoveryName: 'news', ClientAliases: [{ DnsName: 'news', Port: 80 }] }],
    });
    const { containerDefinitions } = JSON.parse(release('news', 'production', 'taskdef.json'));
    expect(containerDefinitions[0].portMappings[0].name).toBe('http');
  });

  test('is reached by its name only by those who say whom they call', () => {
    const { Resources } = ecs.template('slipway-news-production');
    const callers = imported('callers-security-group');
    const own = { 'Fn::GetAtt': ['SecurityGroup', 'GroupId'] };
    expect(Resources.FromCallers!.Properties).toMatchObject({
      ...{ GroupId: own, SourceSecurityGroupId: callers, ToPort: 3000 },
    });
    expect(Resources.CallersToService!.Properties).toMatchObject({
      ...{ GroupId: callers, DestinationSecurityGroupId: own, ToPort: 3000 },
    });
    const groups = (stack: string) =>
      serviceIn(stack).NetworkConfiguration.AwsvpcConfiguration.SecurityGroups;
    expect(groups('slipway-news-production')).toEqual([own]);
    expect(groups('slipway-user-production')).toEqual([own, callers]);
  });

  test('has no seed in its stack, where a changed one would be the newest revision and go live', () => {
    expect(ecs.resources('AWS::ECS::TaskDefinition')).toEqual([]);
    expect(serviceIn('slipway-news-production').TaskDefinition).toBe('slipway-news-production');
    const seed = JSON.parse(release('news', 'production', 'seed.json'));
    expect(seed).toMatchObject({ family: 'slipway-news-production', tags: expect.any(Array) });
    expect(seed.containerDefinitions[0].command.slice(0, 2)).toEqual(['node', '-e']);
  });

  test('has no AppSpec and nothing of CodeDeploy', () => {
    expect(existsSync(join(ecs.path, 'release/news/production/appspec.yaml'))).toBe(false);
    for (const type of ['Application', 'DeploymentGroup', 'DeploymentConfig'])
      expect(ecs.resources(`AWS::CodeDeploy::${type}`)).toEqual([]);
  });
});

function release(service: string, place: string, file: string): string {
  return readFileSync(join(ecs.path, 'release', service, place, file), 'utf8');
}

describe('moving a service from CodeDeploy to ECS', () => {
  const stack = 'slipway-news-production';
  const [old, now] = [codedeploy.template(stack).Resources, ecs.template(stack).Resources];

  test('keeps every resource that users reach, under its logical id and its name', () => {
    const kept = ['Blue', 'Green', 'ProductionRule', 'SecurityGroup', 'Logs'];
    for (const id of kept) expect([id, now[id]]).toEqual([id, old[id]]);
    const { Actions: _, ...rule } = now.TestRule!.Properties;
    expect(old.TestRule!.Properties).toMatchObject(rule);
  });

  test('takes away CodeDeploy’s group, and the seed from the stack but not its revisions', () => {
    expect(Object.keys(old).filter(id => !(id in now))).toEqual(['Seed', 'Application', 'DeploymentGroup']);
    expect(Object.keys(now).filter(id => !(id in old))).toEqual(['FromCallers', 'CallersToService']);
    expect(old.Seed!.DeletionPolicy).toBe('Retain');
  });

  test('changes the service in place: nothing that CloudFormation replaces it for, and not what it runs', () => {
    const changed = Object.keys({ ...old.Service!.Properties, ...now.Service!.Properties }).filter(
      key => JSON.stringify(old.Service!.Properties[key]) !== JSON.stringify(now.Service!.Properties[key]),
    );
    expect(changed.sort()).toEqual([
      ...['DeploymentConfiguration', 'DeploymentController', 'LoadBalancers', 'ServiceConnectConfiguration'],
    ]);
    // createOnlyProperties of AWS::ECS::Service
    for (const property of ['Cluster', 'Role', 'SchedulingStrategy', 'ServiceName'])
      expect(now.Service!.Properties[property]).toEqual(old.Service!.Properties[property]);
  });

  test('keeps CodeDeploy’s role, which the way back finds again', () => {
    const names = ecs.resources('AWS::IAM::Role').map(role => role.Properties.RoleName);
    expect(names).toContain('slipway-news-production-codedeploy');
    expect(names).toContain('slipway-news-production-infrastructure');
  });
});

describe('the roles of a service that ECS controls', () => {
  const role = (name: string) =>
    ecs.resource('slipway-news-pipeline', 'AWS::IAM::Role', ({ RoleName }) => RoleName === name).Properties;
  const actions = (name: string) =>
    // biome-ignore lint/suspicious/noExplicitAny: a policy's statements
    role(name).Policies[0].PolicyDocument.Statement.flatMap((statement: any) => statement.Action);

  test('let only the platform’s function release it', () => {
    expect(role('slipway-news-production-release').AssumeRolePolicyDocument.Statement).toEqual([
      {
        Action: 'sts:AssumeRole',
        Effect: 'Allow',
        Principal: { AWS: roleArn('slipway-rollout') },
      },
    ]);
    expect(actions('slipway-news-production-release')).toEqual(
      expect.arrayContaining(['ecs:UpdateService', 'ecs:DeregisterTaskDefinition', 'iam:PassRole']),
    );
    expect(JSON.stringify(role('slipway-news-production-release'))).not.toMatch(/s3:/);
  });

  test('let ECS shift its own two groups, and call the check', () => {
    const policy = JSON.stringify(role('slipway-news-production-infrastructure').Policies);
    expect(
      role('slipway-news-production-infrastructure').AssumeRolePolicyDocument.Statement[0],
    ).toMatchObject({
      Principal: { Service: 'ecs.amazonaws.com' },
      Condition: { StringEqualsIfExists: { 'aws:SourceAccount': '123456789012' } },
    });
    for (const part of [
      'targetgroup/news-production-blue/*',
      'targetgroup/news-production-green/*',
      'listener-rule/app/slipway-production/*',
      'function:slipway-production-check',
    ])
      expect(policy).toContain(part);
  });
});

test('the pipeline makes what runs the newest revision before the stack, and releases behind it', () => {
  const pipeline = ecs.resource('slipway-news-pipeline', 'AWS::CodePipeline::Pipeline').Properties;
  // biome-ignore lint/suspicious/noExplicitAny: a pipeline's stages
  const stage = pipeline.Stages.find(({ Name }: any) => Name === 'Production');
  // biome-ignore lint/suspicious/noExplicitAny: a stage's actions
  const told = stage.Actions.map(({ Name, RunOrder, Configuration, InputArtifacts }: any) => [
    ...[Name, RunOrder, Configuration.FunctionName ?? Configuration.StackName, InputArtifacts[0].Name],
  ]);
  expect(told).toEqual([
    ['Prepare', 2, 'slipway-rollout', 'Release'],
    ['Service', 3, 'slipway-news-production', 'Templates'],
    ['Rollout', 4, 'slipway-rollout', 'Release'],
  ]);
  expect(JSON.parse(stage.Actions[2].Configuration.UserParameters)).toEqual({
    ...{ step: 'release', service: 'news', region: 'ap-northeast-1', cluster: 'slipway-production' },
    ...{ family: 'slipway-news-production', blue: 'news-production-blue', strategy: 'canary' },
    ...{ role: roleArn('slipway-news-production-release'), folder: 'production' },
  });
});
