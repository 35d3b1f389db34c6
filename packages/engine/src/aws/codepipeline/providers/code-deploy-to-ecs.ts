import { AwsError } from '../../../core/errors.ts';
import type { ActionRun } from '../action.ts';
import type { Provider } from '../actions.ts';
import { inputNamed, readArtifactFile } from '../artifact-file.ts';
import type { Outcome } from '../complete-action.ts';
import type { ArtifactsPort, DeploymentsPort, TaskDefinitionsPort } from '../ports.ts';
import type { Scene } from '../scene.ts';

const OVER = ['Succeeded', 'Failed', 'Stopped'];

/**
 * Blue/green by CodeDeploy: fills the images into the task definition, registers it, fills its ARN into the appspec and
 * creates the deployment.
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-ECSbluegreen.html
 */
export function codeDeployToEcs(
  scene: Scene,
  ports: { artifacts: ArtifactsPort; taskDefinitions: TaskDefinitionsPort; deployments: DeploymentsPort },
): Provider {
  return {
    step: async run => (run.externalId ? look(run.externalId) : start(run)),
  };

  async function start(run: ActionRun): Promise<Outcome> {
    const { configuration } = run;
    const definition = await fillImages(run, await readTaskDefinition(run));
    const arn = ports.taskDefinitions.registerTaskDefinition(parseDefinition(definition), run.key);
    const appSpec = (await readAppSpec(run)).replaceAll('<TASK_DEFINITION>', arn);
    const id = ports.deployments.createDeployment({
      token: run.key,
      application: configuration.ApplicationName!,
      deploymentGroup: configuration.DeploymentGroupName!,
      appSpec,
      creator: 'codePipeline',
    });
    return {
      state: 'InProgress',
      externalId: id,
      externalUrl: `https://console.aws.amazon.com/codesuite/codedeploy/deployments/${id}?region=${scene.context.region}`,
    };
  }

  function readTaskDefinition(run: ActionRun): Promise<string> {
    const artifact = run.configuration.TaskDefinitionTemplateArtifact!;
    const path = run.configuration.TaskDefinitionTemplatePath ?? 'taskdef.json';
    return read(run, artifact, path, 'task definition');
  }

  function readAppSpec(run: ActionRun): Promise<string> {
    const artifact = run.configuration.AppSpecTemplateArtifact!;
    const path = run.configuration.AppSpecTemplatePath ?? 'appspec.yaml';
    return read(run, artifact, path, 'app spec');
  }

  /** Replaces `<IMAGE1_NAME>` and its like by the URI in the image artifact's imageDetail.json. */
  async function fillImages(run: ActionRun, definition: string): Promise<string> {
    let filled = definition;
    for (const n of [1, 2, 3, 4]) {
      const artifact = run.configuration[`Image${n}ArtifactName`];
      const placeholder = run.configuration[`Image${n}ContainerName`];
      if (!artifact || !placeholder) continue;
      const uri = readImageUri(await read(run, artifact, 'imageDetail.json', 'image'), artifact);
      filled = filled.replaceAll(`<${placeholder}>`, () => uri);
    }
    return filled;
  }

  async function read(run: ActionRun, artifact: string, path: string, what: string): Promise<string> {
    try {
      return await readArtifactFile(ports.artifacts, inputNamed(run.inputs, artifact), path);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      throw new AwsError(
        'ConfigurationError',
        `Exception while trying to read the ${what} artifact file from: ${artifact}. ${error.message}`,
      );
    }
  }

  /** Over only when its rollback is over too, so that a retry finds the deployment group free. */
  function look(id: string): Outcome {
    const deployment = ports.deployments.deployment(id);
    if (!deployment) return failed(`The deployment ${id} does not exist any more`);
    if (!OVER.includes(deployment.status)) return { state: 'InProgress' };
    if (deployment.status === 'Succeeded')
      return { state: 'Succeeded', summary: `Deployment ${id} succeeded`, variables: { DeploymentId: id } };
    const { rollbackDeploymentId } = deployment;
    const rollback = rollbackDeploymentId ? ports.deployments.deployment(rollbackDeploymentId) : undefined;
    if (rollback && !OVER.includes(rollback.status)) return { state: 'InProgress' };
    const word = deployment.status === 'Stopped' ? 'was stopped' : 'failed';
    const back = rollback ? ` Rolled back by deployment ${rollback.id}: ${rollback.status}.` : '';
    return failed(`Deployment ${id} ${word}.${back}${deployment.message ? `\n${deployment.message}` : ''}`);
  }
}

function parseDefinition(text: string): object {
  try {
    const definition: unknown = JSON.parse(text);
    if (typeof definition === 'object' && definition !== null) return definition;
  } catch (error) {
    throw new AwsError(
      'ConfigurationError',
      `The task definition template is not JSON: ${(error as Error).message}`,
    );
  }
  throw new AwsError('ConfigurationError', 'The task definition template is not an object');
}

function readImageUri(text: string, artifact: string): string {
  try {
    const uri = (JSON.parse(text) as { ImageURI?: unknown }).ImageURI;
    if (typeof uri === 'string' && /^[\w./:@-]+$/.test(uri)) return uri;
  } catch {
    // falls through to the sentence
  }
  throw new AwsError('ConfigurationError', `imageDetail.json of artifact ${artifact} names no ImageURI`);
}

function failed(message: string): Outcome {
  return { state: 'Failed', code: 'JobFailed', message };
}
