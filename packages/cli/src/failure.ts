import { BatchGetBuildsCommand, CodeBuildClient } from '@aws-sdk/client-codebuild';
import {
  type ActionExecutionDetail,
  CodePipelineClient,
  ListActionExecutionsCommand,
} from '@aws-sdk/client-codepipeline';
import { failingLines } from './failing-lines.ts';
import { lastLines } from './log-lines.ts';
import type { Target } from './target.ts';

/** Why an execution failed. */
export interface Failure {
  /** Stage and action. */
  where: string;
  /** One line. */
  reason: string;
  /** What the failing build or task itself said last. */
  lines: string[];
}

const LOG_LINES = 1000;

/** What the failed action of an execution said, and the last words of its build. */
export async function failureOf(target: Target, run: { pipeline: string; id: string }): Promise<Failure> {
  const answer = await new CodePipelineClient(target).send(
    new ListActionExecutionsCommand({
      pipelineName: run.pipeline,
      filter: { pipelineExecutionId: run.id },
    }),
  );
  const newestFirst = answer.actionExecutionDetails ?? [];
  const failed = newestFirst.find(action => action.status === 'Failed') ?? newestFirst[0];
  const result = failed?.output?.executionResult;
  const message =
    result?.errorDetails?.message ?? result?.externalExecutionSummary ?? 'no reason was recorded';
  const [reason = '', ...said] = message.trimEnd().split('\n');
  const where = failed ? `${failed.stageName}/${failed.actionName}` : 'no action';
  const log = failed ? await buildLog(target, failed) : [];
  if (log.length === 0) return { where, reason, lines: said };
  return { where, reason: reason.split('. Phase: ')[0] ?? reason, lines: failingLines(log) };
}

async function buildLog(target: Target, action: ActionExecutionDetail): Promise<string[]> {
  const id = action.output?.executionResult?.externalExecutionId;
  if (action.input?.actionTypeId?.provider !== 'CodeBuild' || !id) return [];
  const { builds } = await new CodeBuildClient(target).send(new BatchGetBuildsCommand({ ids: [id] }));
  const { groupName, streamName } = builds?.[0]?.logs ?? {};
  if (!groupName || !streamName) return [];
  return lastLines(target, { group: groupName, stream: streamName }, LOG_LINES);
}
