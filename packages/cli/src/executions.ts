import {
  CodePipelineClient,
  ListActionExecutionsCommand,
  ListPipelineExecutionsCommand,
  ListPipelinesCommand,
  type PipelineExecutionSummary,
  StartPipelineExecutionCommand,
} from '@aws-sdk/client-codepipeline';
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

/** What the failed action of an execution said, with its name. */
export async function failureOf(target: Target, pipeline: string, execution: string): Promise<string> {
  const answer = await new CodePipelineClient(target).send(
    new ListActionExecutionsCommand({ pipelineName: pipeline, filter: { pipelineExecutionId: execution } }),
  );
  const failed = (answer.actionExecutionDetails ?? []).find(action => action.status === 'Failed');
  const result = failed?.output?.executionResult;
  const reason =
    result?.errorDetails?.message ?? result?.externalExecutionSummary ?? 'no reason was recorded';
  return failed ? `${failed.stageName}/${failed.actionName}: ${reason}` : reason;
}
