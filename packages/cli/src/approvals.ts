import {
  CodePipelineClient,
  GetPipelineStateCommand,
  ListPipelineExecutionsCommand,
  PutApprovalResultCommand,
  type StageState,
} from '@aws-sdk/client-codepipeline';
import type { Target } from './target.ts';

/** A manual approval that waits. */
export interface PendingApproval {
  pipeline: string;
  stage: string;
  action: string;
  token: string;
  /** The execution that it holds. */
  execution: string;
  /** Newer executions that wait behind it. */
  behind: string[];
  /** The stage that it lets through to. */
  opens?: string;
  since?: Date;
}

/** The approvals that wait in a pipeline. */
export async function pendingApprovals(target: Target, pipeline: string): Promise<PendingApproval[]> {
  const state = await new CodePipelineClient(target).send(new GetPipelineStateCommand({ name: pipeline }));
  return approvalsIn(pipeline, state.stageStates ?? []);
}

/** The approvals that wait, as the state of a pipeline tells them: actions in progress that have a token. */
export function approvalsIn(pipeline: string, stages: StageState[]): PendingApproval[] {
  return stages.flatMap((stage, index) =>
    (stage.actionStates ?? []).flatMap(({ actionName, latestExecution }) => {
      if (latestExecution?.status !== 'InProgress' || !latestExecution.token) return [];
      const opens = stages[index + 1]?.stageName;
      const since = latestExecution.lastStatusChange;
      const inbound = stage.inboundExecutions ?? [];
      return [
        {
          pipeline,
          stage: stage.stageName ?? '',
          action: actionName ?? '',
          token: latestExecution.token,
          execution: stage.latestExecution?.pipelineExecutionId ?? '',
          behind: inbound.flatMap(each => each.pipelineExecutionId ?? []),
          ...(opens && { opens }),
          ...(since && { since }),
        },
      ];
    }),
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
