import { parse } from 'yaml';
import { AwsError } from '../../../core/errors.ts';
import type { ActionRun } from '../action.ts';
import type { Provider } from '../actions.ts';
import { inputNamed, readArtifactFile, splitArtifactPath } from '../artifact-file.ts';
import type { Outcome } from '../complete-action.ts';
import type { ArtifactsPort, StacksPort } from '../ports.ts';
import type { Scene } from '../scene.ts';

/**
 * Creates, updates and deletes stacks: the action modes CREATE_UPDATE and DELETE_ONLY.
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CloudFormation.html
 */
export function cloudFormation(scene: Scene, stacks: StacksPort, artifacts: ArtifactsPort): Provider {
  return {
    step: async run => {
      if (!stacks.stackOperation(run.key)) await start(run);
      return look(run);
    },
  };

  async function start(run: ActionRun): Promise<void> {
    const { configuration } = run;
    const common = {
      token: run.key,
      stackName: configuration.StackName!,
      ...(configuration.RoleArn && { roleArn: configuration.RoleArn }),
      ...(run.declaration.region && { region: run.declaration.region }),
    };
    if (configuration.ActionMode === 'DELETE_ONLY') {
      if (!stacks.deleteStack) throw new AwsError('ConfigurationError', 'Stacks are not deleted locally yet');
      return stacks.deleteStack(common);
    }
    const template = parseTemplate(await readInput(run, configuration.TemplatePath!));
    const file = configuration.TemplateConfiguration;
    const settings = file ? readSettings(await readInput(run, file)) : {};
    const parameters = { ...settings.Parameters, ...readOverrides(configuration.ParameterOverrides) };
    stacks.deployStack({
      ...common,
      template,
      mode: 'CREATE_UPDATE',
      capabilities: (configuration.Capabilities ?? '').split(',').flatMap(each => each.trim() || []),
      ...(Object.keys(parameters).length > 0 && { parameters }),
      ...(settings.Tags && { tags: settings.Tags }),
    });
  }

  function readInput(run: ActionRun, reference: string): Promise<string> {
    const { artifact, path } = splitArtifactPath(reference);
    return readArtifactFile(artifacts, inputNamed(run.inputs, artifact), path);
  }

  function look(run: ActionRun): Outcome {
    const stackName = run.configuration.StackName!;
    const operation = stacks.stackOperation(run.key);
    if (!operation) return { state: 'InProgress' };
    const region = run.declaration.region ?? scene.context.region;
    const outside = operation.stackId
      ? {
          externalId: operation.stackId,
          externalUrl: `https://console.aws.amazon.com/cloudformation/home?region=${region}#/stacks/stackinfo?stackId=${encodeURIComponent(operation.stackId)}`,
        }
      : {};
    switch (operation.status) {
      case 'IN_PROGRESS':
        return { state: 'InProgress', ...outside };
      case 'FAILED':
        return {
          state: 'Failed',
          ...outside,
          code: 'JobFailed',
          message: operation.message ?? `The stack ${stackName} could not be deployed`,
        };
      case 'SUCCEEDED':
        return {
          state: 'Succeeded',
          ...outside,
          summary: operation.changed ? `Stack ${stackName} was updated` : `Stack ${stackName} is up to date`,
          variables: operation.outputs,
        };
    }
  }
}

function parseTemplate(text: string): object {
  const template: unknown = parseText(text, 'The template');
  if (typeof template !== 'object' || template === null || Array.isArray(template))
    throw new AwsError('ConfigurationError', 'The template is not an object');
  return template;
}

function readSettings(text: string): { Parameters?: Record<string, string>; Tags?: Record<string, string> } {
  const settings = parseText(text, 'The template configuration');
  if (typeof settings !== 'object' || settings === null)
    throw new AwsError('ConfigurationError', 'The template configuration is not an object');
  return settings;
}

/** `{"Name": "value"}`; the intrinsics Fn::GetParam and Fn::GetArtifactAtt are refused. */
function readOverrides(json: string | undefined): Record<string, string> {
  if (!json) return {};
  const overrides = parseText(json, 'ParameterOverrides') as Record<string, unknown>;
  const other = Object.entries(overrides).find(([, value]) => typeof value === 'object');
  if (other)
    throw new AwsError(
      'ConfigurationError',
      `ParameterOverrides: the value of ${other[0]} is no string; Fn::GetParam and Fn::GetArtifactAtt are not carried out locally yet`,
    );
  return Object.fromEntries(Object.entries(overrides).map(([key, value]) => [key, String(value)]));
}

function parseText(text: string, what: string): unknown {
  try {
    return text.trimStart().startsWith('{') ? JSON.parse(text) : parse(text, { logLevel: 'error' });
  } catch (error) {
    throw new AwsError('ConfigurationError', `${what} cannot be read: ${(error as Error).message}`);
  }
}
