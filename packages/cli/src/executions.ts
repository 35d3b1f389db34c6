import {
  CodePipelineClient,
  ListPipelineExecutionsCommand,
  ListPipelinesCommand,
  type PipelineExecutionSummary,
  StartPipelineExecutionCommand,
} from '@aws-sdk/client-codepipeline';
import { UserError } from './errors.ts';
import type { Target } from './target.ts';

/** The pipelines of the product, by name. */
export async function pipelineNames(target: Target, product: string): Promise<string[]> {
  const answer = await new CodePipelineClient(target).send(new ListPipelinesCommand({}));
  const names = (answer.pipelines ?? []).map(pipeline => pipeline.name ?? '');
  return names.filter(name => name.startsWith(`${product}-`)).sort();
}

/** The executions of a pipeline, newest first. */
export async function executionsOf(target: Target, pipeline: string): Promise<PipelineExecutionSummary[]> {
  const client = new CodePipelineClient(target);
  const answer = await client.send(
    new ListPipelineExecutionsCommand({ pipelineName: pipeline, maxResults: 50 }),
  );
  return answer.pipelineExecutionSummaries ?? [];
}

/** The commit that an execution releases. */
export function commitOf(execution: PipelineExecutionSummary): string | undefined {
  return execution.sourceRevisions?.find(revision => revision.revisionId)?.revisionId;
}

/** Starts a delivery pipeline at `commit`. */
export async function startExecution(target: Target, pipeline: string, commit: string): Promise<void> {
  await new CodePipelineClient(target).send(
    new StartPipelineExecutionCommand({
      name: pipeline,
      sourceRevisions: [{ actionName: 'Source', revisionType: 'COMMIT_ID', revisionValue: commit }],
    }),
  );
}

/** The pipeline of a service, or of the `platform`. Throws a UserError that names those that there are. */
export async function pipelineOf(target: Target, product: string, service: string): Promise<string> {
  const names = await pipelineNames(target, product);
  const wanted = `${product}-${service}`;
  if (names.includes(wanted)) return wanted;
  const others = names.map(name => name.slice(product.length + 1)).join(', ');
  throw new UserError(
    `There is no pipeline of "${service}"${others ? `; there are: ${others}.` : ': nothing is released here yet.'}`,
  );
}
