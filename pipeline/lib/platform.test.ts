import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Assembly, type Resource, synthesizeFixture, tempFolder } from './testing/fixture.ts';

const folder = tempFolder();
let assembly: Assembly;

beforeAll(() => {
  assembly = synthesizeFixture(folder);
});
afterAll(() => folder[Symbol.dispose]());

interface PipelineStage {
  readonly Name: string;
  readonly Actions: readonly {
    readonly Name: string;
    readonly RoleArn?: string;
    readonly Configuration: object;
  }[];
  readonly BeforeEntry?: unknown;
}
const pipelineOf = (stack: string) => assembly.resource(stack, 'AWS::CodePipeline::Pipeline').Properties;
const action = (stack: string, stage: string, name: string) =>
  (pipelineOf(stack).Stages as PipelineStage[])
    .find(each => each.Name === stage)!
    .Actions.find(each => each.Name === name)!;

describe('every pipeline', () => {
  test('is of type V2, lets the newest win and keeps artifacts in the one bucket', () => {
    const pipelines = assembly.resources('AWS::CodePipeline::Pipeline');
    expect(pipelines).toHaveLength(4);
    for (const { Properties } of pipelines) {
      expect(Properties).toMatchObject({
        PipelineType: 'V2',
        ExecutionMode: 'SUPERSEDED',
        ArtifactStore: { Type: 'S3', Location: 'slipway-artifacts-123456789012-ap-northeast-1' },
      });
      expect(Properties).not.toHaveProperty('ArtifactStores');
    }
  });

  test('never rolls back a stage: going back is a deployment', () => {
    for (const { Properties } of assembly.resources('AWS::CodePipeline::Pipeline')) {
      for (const stage of Properties.Stages) expect(stage).not.toHaveProperty('OnFailure');
    }
  });

  test('carries out each action with a role of its own, approvals aside', () => {
    for (const { Properties } of assembly.resources('AWS::CodePipeline::Pipeline')) {
      const actions = Properties.Stages.flatMap((stage: PipelineStage) => stage.Actions);
      for (const { Name, RoleArn } of actions) {
        if (Name !== 'Approve') expect([Name, RoleArn]).toEqual([Name, expect.anything()]);
      }
    }
  });
});

describe('the platform pipeline', () => {
  const stack = 'slipway-platform-pipeline';

  test('starts at a push to main, and no other pipeline does', () => {
    expect(assembly.resources('AWS::Events::Rule')).toHaveLength(1);
    expect(assembly.resource(stack, 'AWS::Events::Rule').Properties).toMatchObject({
      EventPattern: {
        source: ['aws.codecommit'],
        'detail-type': ['CodeCommit Repository State Change'],
        resources: ['arn:aws:codecommit:ap-northeast-1:123456789012:slipway'],
        detail: { event: ['referenceCreated', 'referenceUpdated'], referenceName: ['main'] },
      },
      Targets: [{ RoleArn: 'arn:aws:iam::123456789012:role/slipway-platform-events' }],
    });
  });

  test('skips the stages behind Plan when the rule "definition equals changed" fails', () => {
    const stages: PipelineStage[] = pipelineOf(stack).Stages;
    for (const stage of stages.slice(2)) {
      expect(stage.BeforeEntry).toEqual({
        Conditions: [
          {
            Result: 'SKIP',
            Rules: [
              {
                Name: 'OnlyIf',
                RuleTypeId: { Category: 'Rule', Owner: 'AWS', Provider: 'VariableCheck', Version: '1' },
                Configuration: { Variable: '#{Plan.DEFINITION}', Value: 'changed', Operator: 'EQ' },
              },
            ],
          },
        ],
      });
    }
    expect(stages.slice(0, 2).map(stage => stage.BeforeEntry)).toEqual([undefined, undefined]);
  });

  test('starts again when it has changed itself, and never replaces a stack that failed', () => {
    expect(pipelineOf(stack).RestartExecutionOnUpdate).toBe(true);
    expect(action(stack, 'SelfMutate', 'Pipeline').Configuration).toEqual({
      ActionMode: 'CREATE_UPDATE',
      Capabilities: 'CAPABILITY_NAMED_IAM',
      RoleArn: 'arn:aws:iam::123456789012:role/slipway-platform-cloudformation',
      StackName: 'slipway-platform-pipeline',
      TemplatePath: 'Assembly::slipway-platform-pipeline.template.json',
    });
  });

  test('works with roles that are not of its own stack', () => {
    const types = Object.values(assembly.template(stack).Resources).map(resource => resource.Type);
    expect(types).not.toEqual(expect.arrayContaining([expect.stringContaining('AWS::IAM')]));
  });

  test('records the definition in a stack of its own, deployed last', () => {
    expect(assembly.resource('slipway-definition', 'AWS::SSM::Parameter').Properties).toMatchObject({
      Name: '/slipway/definition',
      Value: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });
});

describe('a delivery pipeline', () => {
  const stack = 'slipway-news-pipeline';

  test('waits for the platform pipeline to start it', () => {
    expect(action(stack, 'Source', 'Source').Configuration).toMatchObject({
      RepositoryName: 'slipway',
      BranchName: 'main',
      PollForSourceChanges: false,
    });
    expect(pipelineOf(stack)).not.toHaveProperty('Triggers');
    expect(pipelineOf(stack).RestartExecutionOnUpdate).toBe(false);
  });

  test('hands image, task definition and AppSpec of the build to CodeDeploy', () => {
    expect(action(stack, 'Production', 'BlueGreen').Configuration).toEqual({
      ApplicationName: 'slipway-news-production',
      DeploymentGroupName: 'slipway-news-production',
      TaskDefinitionTemplateArtifact: 'Release',
      TaskDefinitionTemplatePath: 'production/taskdef.json',
      AppSpecTemplateArtifact: 'Release',
      AppSpecTemplatePath: 'production/appspec.yaml',
      Image1ArtifactName: 'Release',
      Image1ContainerName: 'IMAGE1_NAME',
    });
  });

  test('deploys the template that its own build wrote', () => {
    expect(action(stack, 'Staging', 'Service').Configuration).toMatchObject({
      StackName: 'slipway-news-staging',
      TemplatePath: 'Templates::slipway-news-staging.template.json',
      RoleArn: { 'Fn::GetAtt': [expect.stringMatching(/^StagingCloudFormationRole/), 'Arn'] },
    });
  });

  test('keeps every version in a registry of its own, each under a tag that never moves', () => {
    const repository = assembly.resource(stack, 'AWS::ECR::Repository');
    expect(repository.Properties).toMatchObject({
      RepositoryName: 'slipway/news',
      ImageTagMutability: 'IMMUTABLE',
      ImageScanningConfiguration: { ScanOnPush: true },
    });
    expect(repository.DeletionPolicy).toBe('Retain');
  });

  test('keeps the logs of its builds and a cache that no other project writes', () => {
    for (const { Properties } of assembly.resources('AWS::CodeBuild::Project')) {
      expect(Properties.Cache.Location).toBe(
        `slipway-artifacts-123456789012-ap-northeast-1/cache/${Properties.Name}`,
      );
      expect(Properties.LogsConfig.CloudWatchLogs.Status).toBe('ENABLED');
      expect(Properties.Environment.PrivilegedMode).toBe(false);
    }
  });
});

describe('what everything stands on', () => {
  test('keeps repository and artifacts when their stack goes', () => {
    for (const type of ['AWS::CodeCommit::Repository', 'AWS::S3::Bucket']) {
      expect(assembly.resource('slipway-tooling', type).DeletionPolicy).toBe('Retain');
    }
  });

  test('brings the public base image into the own registry', () => {
    expect(assembly.resource('slipway-tooling', 'AWS::ECR::PullThroughCacheRule').Properties).toEqual({
      EcrRepositoryPrefix: 'ecr-public',
      UpstreamRegistryUrl: 'public.ecr.aws',
    });
  });

  test('has a public and a private subnet in each zone that environments.yaml names', () => {
    const zones = assembly
      .resources('AWS::EC2::Subnet')
      .map(subnet => [subnet.Properties.AvailabilityZone, subnet.Properties.MapPublicIpOnLaunch]);
    const each = ['ap-northeast-1a', 'ap-northeast-1c'].flatMap(zone => [
      [zone, true],
      [zone, false],
    ]);
    expect(zones.sort()).toEqual([...each, ...each].sort());
  });

  test.each([
    ['slipway-network-staging', 0, 3],
    ['slipway-network-production', 1, 0],
  ])('%s has %d NAT gateways and %d private endpoints', (stack, gateways, endpoints) => {
    const resources = Object.values(assembly.template(stack).Resources);
    const interfaces = resources.filter(({ Properties }) => Properties?.VpcEndpointType === 'Interface');
    expect(resources.filter(({ Type }) => Type === 'AWS::EC2::NatGateway')).toHaveLength(gateways);
    expect(interfaces).toHaveLength(endpoints);
  });

  test('exports what the service stacks import, under names that never change', () => {
    const exported = ['network', 'cluster'].flatMap(part =>
      Object.values(assembly.template(`slipway-${part}-staging`).Outputs ?? {}).flatMap(
        out => out.Export?.Name ?? [],
      ),
    );
    expect(exported.sort()).toEqual([
      'slipway-staging-balancer',
      'slipway-staging-balancer-security-group',
      'slipway-staging-cluster',
      'slipway-staging-door',
      'slipway-staging-private-subnet-1',
      'slipway-staging-private-subnet-2',
      'slipway-staging-production-listener',
      'slipway-staging-public-subnet-1',
      'slipway-staging-public-subnet-2',
      'slipway-staging-test-listener',
      'slipway-staging-vpc',
    ]);
  });
});

describe('the balancers of an environment', () => {
  const stack = 'slipway-cluster-staging';
  const balancer = (type: string) =>
    assembly.resource(stack, 'AWS::ElasticLoadBalancingV2::LoadBalancer', ({ Type }) => Type === type)
      .Properties;
  const listeners = (): Resource[] =>
    Object.values(assembly.template(stack).Resources).filter(
      ({ Type }) => Type === 'AWS::ElasticLoadBalancingV2::Listener',
    );

  test('are an internal one with production and test listener, and a public door', () => {
    expect(balancer('application')).toMatchObject({ Name: 'slipway-staging', Scheme: 'internal' });
    expect(balancer('network')).toMatchObject({ Name: 'slipway-staging-door', Scheme: 'internet-facing' });
    expect(listeners().map(({ Properties }) => [Properties.Protocol, Properties.Port])).toEqual([
      ['HTTP', 80],
      ['HTTP', 9080],
      ['TCP', 80],
    ]);
  });

  test('answer 404 where no service has the path', () => {
    for (const { Properties } of listeners().slice(0, 2)) {
      expect(Properties.DefaultActions).toEqual([
        {
          Type: 'fixed-response',
          FixedResponseConfig: expect.objectContaining({ StatusCode: '404' }),
        },
      ]);
    }
  });

  test('never show the test listener to the public', () => {
    const open = Object.values(assembly.template(stack).Resources).filter(({ Properties }) =>
      JSON.stringify(Properties?.SecurityGroupIngress ?? Properties?.CidrIp ?? '').includes('0.0.0.0/0'),
    );
    expect(open).toHaveLength(1);
    expect(open[0]!.Properties).toMatchObject({
      GroupDescription: 'The public door',
      SecurityGroupIngress: [{ CidrIp: '0.0.0.0/0', FromPort: 80, ToPort: 80 }],
    });
    expect(assembly.resource(stack, 'AWS::ElasticLoadBalancingV2::TargetGroup').Properties).toMatchObject({
      TargetType: 'alb',
      Port: 80,
    });
  });
});
