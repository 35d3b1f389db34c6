import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { fixtureAssembly } from '../testing/fixture.ts';

const assembly = fixtureAssembly();

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
    const rules = assembly
      .resources('AWS::Events::Rule')
      .filter(({ Properties }) => JSON.stringify(Properties.Targets).includes(':codepipeline:'));
    expect(rules).toHaveLength(1);
    expect(rules[0]?.Properties).toMatchObject({
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
                Configuration: {
                  Variable: expect.stringMatching(/^#\{Plan\.(DEFINITION|PLATFORM)\}$/),
                  Value: 'changed',
                  Operator: 'EQ',
                },
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
    const { Properties } = assembly.resource(stack, 'AWS::CodePipeline::Pipeline');
    expect(JSON.stringify([Properties.RoleArn, Properties.Stages])).not.toMatch(/"Fn::GetAtt":\["\w*Role/);
  });

  test('records the definition in a stack of its own, deployed last', () => {
    expect(parameter('/slipway/definition')).toMatch(/^[0-9a-f]{64}$/);
  });

  test('records what the definition makes of each service, as its releases carry it', () => {
    const recorded = JSON.parse(parameter('/slipway/definition/news'));
    for (const environment of ['staging', 'production']) {
      const file = join(assembly.path, 'release/news', environment, 'taskdef.json');
      const [{ environment: variables }] = JSON.parse(readFileSync(file, 'utf8')).containerDefinitions;
      expect(variables).toContainEqual({ name: 'SLIPWAY_DEFINITION', value: recorded[environment] });
    }
    expect(recorded.staging).not.toBe(recorded.production);
  });

  function parameter(name: string): string {
    const matching = (properties: { Name: string }) => properties.Name === name;
    return assembly.resource('slipway-definition', 'AWS::SSM::Parameter', matching).Properties.Value;
  }
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

  test('keeps every version in a registry that outlives it, each under a tag that never moves', () => {
    expect(Object.values(assembly.template(stack).Resources)).not.toContainEqual(
      expect.objectContaining({ Type: 'AWS::ECR::Repository' }),
    );
    const repository = assembly.resource('slipway-news-images', 'AWS::ECR::Repository');
    expect(repository.Properties).toMatchObject({
      RepositoryName: 'slipway/news',
      ImageTagMutability: 'IMMUTABLE',
      ImageScanningConfiguration: { ScanOnPush: true },
    });
    expect(repository.DeletionPolicy).toBe('RetainExceptOnCreate');
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
