import type { Properties } from '../../core/resource.ts';

type Action = Properties & { Name: string };

export function action(name: string, provider: string, configuration: object, more: object = {}): Action {
  const [Category, Provider] = provider.split('/');
  return {
    Name: name,
    ActionTypeId: { Category, Provider, Owner: 'AWS', Version: '1' },
    Configuration: configuration,
    ...more,
  };
}

export const source = action(
  'Source',
  'Source/CodeCommit',
  { RepositoryName: 'slipway', BranchName: 'main', PollForSourceChanges: false },
  { OutputArtifacts: [{ Name: 'Source' }], Namespace: 'Source', RunOrder: 1 },
);

export const build = action(
  'Build',
  'Build/CodeBuild',
  {
    ProjectName: 'slipway-news-build',
    EnvironmentVariables:
      '[{"name":"COMMIT","value":"#{Source.CommitId}"},{"name":"MESSAGE","value":"#{Source.CommitMessage}"}]',
  },
  {
    InputArtifacts: [{ Name: 'Source' }],
    OutputArtifacts: [{ Name: 'Templates' }, { Name: 'Release' }],
    Namespace: 'Build',
  },
);

export const approval = {
  Name: 'Approval',
  Actions: [action('Approve', 'Approval/Manual', { CustomData: 'Release #{Source.CommitId}?' })],
};

export const invoke = (more: object = {}): Action =>
  action(
    'Gate',
    'Invoke/Lambda',
    {
      FunctionName: 'gate',
      UserParameters: '{"execution":"#{codepipeline.PipelineExecutionId}","commit":"#{Source.CommitId}"}',
    },
    { Namespace: 'Gate', RunOrder: 5, ...more },
  );

export const stack = (name: string, runOrder = 1): Action =>
  action(
    name,
    'Deploy/CloudFormation',
    {
      ActionMode: 'CREATE_UPDATE',
      StackName: name,
      TemplatePath: `Templates::${name}.template.json`,
      Capabilities: 'CAPABILITY_NAMED_IAM',
      RoleArn: 'arn:aws:iam::123456789012:role/slipway-execution',
    },
    { InputArtifacts: [{ Name: 'Templates' }], RunOrder: runOrder },
  );

const blueGreen = (environment: string): Action =>
  action(
    'BlueGreen',
    'Deploy/CodeDeployToECS',
    {
      ApplicationName: `slipway-news-${environment}`,
      DeploymentGroupName: `slipway-news-${environment}`,
      TaskDefinitionTemplateArtifact: 'Release',
      TaskDefinitionTemplatePath: `${environment}/taskdef.json`,
      AppSpecTemplateArtifact: 'Release',
      AppSpecTemplatePath: `${environment}/appspec.yaml`,
      Image1ArtifactName: 'Release',
      Image1ContainerName: 'IMAGE1_NAME',
    },
    { InputArtifacts: [{ Name: 'Release' }], RunOrder: 3 },
  );

const smoke = (environment: string): Action =>
  action(
    'Smoke',
    'Test/CodeBuild',
    {
      ProjectName: 'slipway-news-smoke',
      EnvironmentVariables: `[{"name":"ENVIRONMENT","value":"${environment}"}]`,
    },
    { InputArtifacts: [{ Name: 'Source' }], RunOrder: 4 },
  );

const environmentStage = (name: string, environment: string) => ({
  Name: name,
  Actions: [
    stack(`slipway-news-data-${environment}`, 1),
    stack(`slipway-news-${environment}`, 2),
    blueGreen(environment),
    smoke(environment),

    ...(environment === 'staging' ? [invoke()] : []),
  ],
});

export function pipelineProperties(stages: object[], more: Properties = {}): Properties {
  return {
    Name: 'slipway-news',
    RoleArn: 'arn:aws:iam::123456789012:role/slipway-news-pipeline',
    PipelineType: 'V2',
    ArtifactStore: { Type: 'S3', Location: 'slipway-artifacts' },
    Stages: stages,
    ...more,
  };
}

export const sourceStage = { Name: 'Source', Actions: [source] };
export const buildStage = { Name: 'Build', Actions: [build] };

/** Source → Build → Approval: what most stories need. */
export const shortPipeline = (more: Properties = {}): Properties =>
  pipelineProperties([sourceStage, buildStage, approval], more);

/** A delivery pipeline as the product synthesizes it. */
export const deliveryPipeline = (): Properties =>
  pipelineProperties([
    sourceStage,
    buildStage,
    environmentStage('Staging', 'staging'),
    approval,
    environmentStage('Production', 'production'),
  ]);
