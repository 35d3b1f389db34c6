import {
  CodePipelineClient,
  GetPipelineStateCommand,
  ListPipelineExecutionsCommand,
  PutApprovalResultCommand,
} from '@aws-sdk/client-codepipeline';
import type { Target } from './target.ts';

/** A manual approval that waits. */
export interface PendingApproval {
  pipeline: string;
  stage: string;
  action: string;
  token: string;
}

/** The approvals that wait in a pipeline. */
export async function pendingApprovals(target: Target, pipeline: string): Promise<PendingApproval[]> {
  const state = await new CodePipelineClient(target).send(new GetPipelineStateCommand({ name: pipeline }));
  return (state.stageStates ?? []).flatMap(stage =>
    (stage.actionStates ?? [])
      .filter(action => action.latestExecution?.status === 'InProgress' && action.latestExecution.token)
      .map(action => ({
        pipeline,
        stage: stage.stageName ?? '',
        action: action.actionName ?? '',
        token: action.latestExecution?.token ?? '',
      })),
  );
}

/** Whether no execution of the pipeline has ever succeeded: what it approves would be released the first time. */
export async function isFirstRelease(target: Target, pipeline: string): Promise<boolean> {
  const client = new CodePipelineClient(target);
  const answer = await client.send(
    new ListPipelineExecutionsCommand({ pipelineName: pipeline, maxResults: 100 }),
  );
  return !(answer.pipelineExecutionSummaries ?? []).some(execution => execution.status === 'Succeeded');
}

export async function answerApproval(
  target: Target,
  approval: PendingApproval,
  result: { status: 'Approved' | 'Rejected'; summary: string },
): Promise<void> {
  const { pipeline: pipelineName, stage: stageName, action: actionName, token } = approval;
  await new CodePipelineClient(target).send(
    new PutApprovalResultCommand({ pipelineName, stageName, actionName, token, result }),
  );
}
