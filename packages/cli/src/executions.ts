import { setTimeout as delay } from 'node:timers/promises';
import {
  CodePipelineClient,
  GetPipelineExecutionCommand,
  ListPipelineExecutionsCommand,
  ListPipelinesCommand,
  type PipelineExecutionSummary,
  StartPipelineExecutionCommand,
} from '@aws-sdk/client-codepipeline';
import type { Content, Newest } from './affected.ts';
import { UserError } from './errors.ts';
import type { Target } from './target.ts';

/** How long a Source may take to tell its commit: two minutes. */
const ASK_AGAIN_MS = 250;
const MOST_QUESTIONS = 480;

/** The pipelines that release something, by name: the check of pull requests is none of them. */
export async function pipelineNames(target: Target, product: string): Promise<string[]> {
  const answer = await new CodePipelineClient(target).send(new ListPipelinesCommand({}));
  const names = (answer.pipelines ?? []).map(pipeline => pipeline.name ?? '');
  return names.filter(name => name.startsWith(`${product}-`) && name !== `${product}-pull-requests`).sort();
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

/** Starts a pipeline at `commit`; a delivery pipeline remembers what for. */
export async function startExecution(
  target: Target,
  pipeline: string,
  { commit, content }: { commit: string; content?: Content },
): Promise<void> {
  await new CodePipelineClient(target).send(
    new StartPipelineExecutionCommand({
      name: pipeline,
      sourceRevisions: [{ actionName: 'Source', revisionType: 'COMMIT_ID', revisionValue: commit }],
      ...(content && {
        variables: [{ name: CONTENT, value: `${content.release} ${content.definition}` }],
      }),
    }),
  );
}

/** The pipeline's variable that says what an execution was started for. */
const CONTENT = 'CONTENT';

/** What an execution carries and how it stands. */
export async function contentOf(
  target: Target,
  pipeline: string,
  execution: PipelineExecutionSummary,
): Promise<Newest> {
  const { pipelineExecutionId, status = '' } = execution;
  const command = new GetPipelineExecutionCommand({ pipelineName: pipeline, pipelineExecutionId });
  const { pipelineExecution } = await new CodePipelineClient(target).send(command);
  const told = pipelineExecution?.variables?.find(variable => variable.name === CONTENT)?.resolvedValue;
  const [release, definition] = told?.split(' ') ?? [];
  const commit = commitOf(execution);
  return {
    status,
    ...(commit && { commit }),
    ...(release && definition && { content: { release, definition } }),
  };
}

/**
 * The executions, once the newest one knows its commit: one that has just started knows it when its Source is done, and
 * starting the pipeline meanwhile would release the same commit twice.
 */
export async function onceKnown(
  list: () => Promise<PipelineExecutionSummary[]>,
  pause: () => Promise<unknown> = () => delay(ASK_AGAIN_MS),
): Promise<PipelineExecutionSummary[]> {
  for (let asked = 1; ; asked++) {
    const executions = await list();
    const [newest] = executions;
    const isKnown = newest?.status !== 'InProgress' || commitOf(newest) !== undefined;
    if (isKnown || asked === MOST_QUESTIONS) return executions;
    await pause();
  }
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
