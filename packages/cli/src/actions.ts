import {
  type ActionExecutionDetail,
  CodePipelineClient,
  ListActionExecutionsCommand,
} from '@aws-sdk/client-codepipeline';
import type { Target } from './target.ts';

/** The actions of an execution, newest first. */
export async function actionsOf(
  target: Target,
  run: { pipeline: string; id: string },
): Promise<ActionExecutionDetail[]> {
  const answer = await new CodePipelineClient(target).send(
    new ListActionExecutionsCommand({
      pipelineName: run.pipeline,
      filter: { pipelineExecutionId: run.id },
    }),
  );
  return answer.actionExecutionDetails ?? [];
}

/** What an action said about how it ended. */
export function messageIn(action: ActionExecutionDetail): string | undefined {
  const result = action.output?.executionResult;
  return result?.errorDetails?.message ?? result?.externalExecutionSummary;
}

/** Whether an execution ended because its approval was rejected for a newer one. */
export function isSuperseded(actions: ActionExecutionDetail[]): boolean {
  const failed = actions.find(action => action.status === 'Failed');
  const isApproval = failed?.input?.actionTypeId?.category === 'Approval';
  return isApproval && /(^|: )Superseded by /.test((failed && messageIn(failed)) ?? '');
}

/** Whether an execution deployed anything: stages that would change nothing are skipped. */
export function hasDeployed(actions: ActionExecutionDetail[]): boolean {
  return actions.some(action => action.input?.actionTypeId?.category === 'Deploy');
}
