/** What a provider takes: the counts of artifacts and the members of its configuration. */
export interface ActionType {
  inputs: [least: number, most: number];
  outputs: [least: number, most: number];
  required: string[];
  optional: string[];
  /** Says why a configuration cannot be carried out locally, if so. */
  refuse?(configuration: Record<string, string>): string | undefined;
}

const images = [1, 2, 3, 4].flatMap(n => [`Image${n}ArtifactName`, `Image${n}ContainerName`]);

/** https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html */
const MAX_USER_PARAMETERS = 1000;

const codeBuild: ActionType = {
  inputs: [1, 5],
  outputs: [0, 5],
  required: ['ProjectName'],
  optional: ['PrimarySource', 'EnvironmentVariables', 'BatchEnabled', 'CombineArtifacts'],
  refuse: configuration =>
    configuration.BatchEnabled === 'true'
      ? 'batch builds are not carried out locally yet'
      : refuseVariables(configuration.EnvironmentVariables),
};

/**
 * The action types that are carried out, by category and provider.
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference.html
 */
export const actionTypes: Record<string, ActionType> = {
  'Source/CodeCommit': {
    inputs: [0, 0],
    outputs: [1, 1],
    required: ['RepositoryName', 'BranchName'],
    optional: ['PollForSourceChanges', 'OutputArtifactFormat'],
    refuse: configuration =>
      (configuration.OutputArtifactFormat ?? 'CODE_ZIP') === 'CODE_ZIP'
        ? undefined
        : 'the output artifact format CODEBUILD_CLONE_REF is not carried out locally yet; use CODE_ZIP',
  },
  'Source/CodeStarSourceConnection': {
    inputs: [0, 0],
    outputs: [1, 1],
    required: ['ConnectionArn', 'FullRepositoryId', 'BranchName'],
    optional: ['OutputArtifactFormat', 'DetectChanges'],
    refuse: ({ OutputArtifactFormat: format = 'CODE_ZIP' }) =>
      format === 'CODE_ZIP'
        ? undefined
        : 'the output artifact format CODEBUILD_CLONE_REF is not carried out locally yet; use CODE_ZIP',
  },
  'Build/CodeBuild': codeBuild,
  'Test/CodeBuild': codeBuild,
  'Deploy/CloudFormation': {
    inputs: [0, 10],
    outputs: [0, 1],
    required: ['ActionMode', 'StackName'],
    optional: ['TemplatePath', 'TemplateConfiguration', 'Capabilities', 'RoleArn', 'ParameterOverrides'],
    refuse: configuration => {
      const mode = configuration.ActionMode;
      if (mode === 'DELETE_ONLY') return undefined;
      if (mode !== 'CREATE_UPDATE') return `the action mode ${mode} is not carried out locally yet`;
      return configuration.TemplatePath ? undefined : 'TemplatePath is required with CREATE_UPDATE';
    },
  },
  'Deploy/CodeDeployToECS': {
    inputs: [1, 5],
    outputs: [0, 0],
    required: [
      'ApplicationName',
      'DeploymentGroupName',
      'TaskDefinitionTemplateArtifact',
      'AppSpecTemplateArtifact',
    ],
    optional: ['TaskDefinitionTemplatePath', 'AppSpecTemplatePath', ...images],
  },
  'Invoke/Lambda': {
    inputs: [0, 5],
    outputs: [0, 5],
    required: ['FunctionName'],
    optional: ['UserParameters'],
    refuse: ({ UserParameters: parameters = '' }) =>
      parameters.length > MAX_USER_PARAMETERS
        ? `UserParameters has more than ${MAX_USER_PARAMETERS} characters`
        : undefined,
  },
  'Approval/Manual': {
    inputs: [0, 0],
    outputs: [0, 0],
    required: [],
    optional: ['CustomData', 'NotificationArn', 'ExternalEntityLink'],
  },
};

function refuseVariables(json: string | undefined): string | undefined {
  if (json === undefined) return undefined;
  try {
    const variables = JSON.parse(json) as { name?: unknown; value?: unknown; type?: unknown }[];
    if (!Array.isArray(variables) || variables.some(each => typeof each.name !== 'string'))
      return 'EnvironmentVariables is not a JSON list of names and values';
    const other = variables.find(each => (each.type ?? 'PLAINTEXT') !== 'PLAINTEXT');
    return other && `environment variables of type ${other.type} are not carried out locally yet`;
  } catch {
    return 'EnvironmentVariables is not a JSON list of names and values';
  }
}
