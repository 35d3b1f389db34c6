import {
  type ActionDeclaration,
  CodePipelineClient,
  GetPipelineCommand,
  type StageState,
} from '@aws-sdk/client-codepipeline';
import { statusOf } from '../aws/stack-change.ts';
import { deleteStack } from '../stack-deletion.ts';
import type { Access, Target } from '../target.ts';

export interface FailedCreationOptions {
  pipeline: string;
  /** The state of the stage that is retried. */
  stage: StageState;
  access: Access;
  tell(line: string): void;
  signal: AbortSignal;
}

/**
 * Deletes the stacks whose first creation failed in this stage: CloudFormation updates no stack in ROLLBACK_COMPLETE, and
 * there is nothing in it. Only stacks of actions that failed, and never one in another state, which may be live. False
 * when `signal` came first. Throws a UserError when one cannot be deleted.
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CloudFormation.html
 */
export async function clearFailedCreations(options: FailedCreationOptions): Promise<boolean> {
  const { access, pipeline, stage, tell, signal } = options;
  const failed = (stage.actionStates ?? [])
    .filter(({ latestExecution }) => latestExecution?.status === 'Failed')
    .map(({ actionName }) => actionName);
  const actions = await stackActions(access.home, pipeline, stage.stageName);
  for (const action of actions.filter(({ name }) => failed.includes(name))) {
    const stack = action.configuration!.StackName!;
    const target = targetOf(access, action);
    if ((await statusOf(target, stack)) !== 'ROLLBACK_COMPLETE') continue;
    tell(`${stack} was never created: what is left of it is deleted.`);
    if (!(await deleteStack(target, stack, signal))) return false;
  }
  return true;
}

async function stackActions(
  target: Target,
  name: string,
  stageName: string | undefined,
): Promise<ActionDeclaration[]> {
  const { pipeline } = await new CodePipelineClient(target).send(new GetPipelineCommand({ name }));
  const stage = pipeline?.stages?.find(each => each.name === stageName);
  return (stage?.actions ?? []).filter(
    ({ actionTypeId, configuration }) =>
      actionTypeId?.provider === 'CloudFormation' && configuration?.StackName !== undefined,
  );
}

/** Where an action's stack is: in its region, and in the account of the role that it is carried out with. */
function targetOf({ home, at }: Access, { region, roleArn }: ActionDeclaration): Target {
  const account = roleArn?.split(':')[4];
  if (!account) return region ? { ...home, region } : home;
  return at({ account, region: region ?? home.region ?? '' });
}
