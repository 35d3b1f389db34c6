import {
  type ActionDeclaration,
  CodePipelineClient,
  GetPipelineCommand,
  type StageState,
} from '@aws-sdk/client-codepipeline';
import { statusOf } from '../aws/stack-change.ts';
import { deleteTable } from '../destroy/belongings.ts';
import { UserError } from '../errors.ts';
import { lift, protectionsOf } from '../protection.ts';
import { shortName } from '../render.ts';
import { deleteStack } from '../stack-deletion.ts';
import type { Access, Target } from '../target.ts';

export interface FailedCreationOptions {
  pipeline: string;
  /** The state of the stage that is retried. */
  stage: StageState;
  access: Access;
  /** Whether what a failed creation left is deleted although it is protected. */
  liftProtection: boolean;
  tell(line: string): void;
  signal: AbortSignal;
}

/**
 * Deletes the stacks whose first creation failed in this stage: CloudFormation updates no stack in ROLLBACK_COMPLETE or
 * ROLLBACK_FAILED, and nothing of it was ever used. Only stacks of actions that failed, and never one in another state,
 * which may be live. What is protected against deletion goes only with `liftProtection`. False when `signal` came first.
 * Throws a UserError when one cannot be deleted.
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
    const status = await statusOf(target, stack);
    if (status !== 'ROLLBACK_COMPLETE' && status !== 'ROLLBACK_FAILED') continue;
    if (status === 'ROLLBACK_FAILED') await unprotect(target, stack, options);
    tell(`${stack} was never created: what is left of it is deleted.`);
    if (!(await deleteStack(target, stack, signal))) return false;
  }
  return true;
}

/** Takes off what kept the rollback from deleting everything, and deletes the tables, which CloudFormation would keep. */
async function unprotect(
  target: Target,
  stack: string,
  { pipeline, liftProtection, tell }: FailedCreationOptions,
): Promise<void> {
  const protections = await protectionsOf(target, stack);
  if (protections.length === 0) return;
  const list = protections.map(({ kind, name }) => `${kind} ${name}`).join(', ');
  if (!liftProtection)
    throw new UserError(
      `${stack} was never created, and what is left of it is protected against deletion: ${list}. Nothing of it was ever used: npx slipway retry ${shortName(pipeline)} --lift-protection deletes it and tries again.`,
    );
  for (const protection of protections) {
    const { kind, name } = protection;
    if (kind === 'instances') continue; // they came to life with their group, which the rollback has not ended
    if (kind === 'table' && !(await isEmptyTable(target, name)))
      throw new UserError(
        `The table ${name} of ${stack} is not empty: look into it before anything is deleted.`,
      );
    await lift(target, protection);
    if (kind === 'table') await removeTable(target, name);
    tell(`${kind} ${name} is not protected any more${kind === 'table' ? ' and is deleted' : ''}.`);
  }
}

/** Waits, since a table that changes cannot be deleted, and one that is being deleted still has its name. */
async function removeTable(target: Target, TableName: string): Promise<void> {
  const { DynamoDBClient, waitUntilTableExists, waitUntilTableNotExists } = await import(
    '@aws-sdk/client-dynamodb'
  );
  const waiting = { client: new DynamoDBClient(target), minDelay: 1, maxDelay: 5, maxWaitTime: 300 };
  await waitUntilTableExists(waiting, { TableName });
  await deleteTable(target, TableName);
  await waitUntilTableNotExists(waiting, { TableName });
}

async function isEmptyTable(target: Target, TableName: string): Promise<boolean> {
  const { DynamoDBClient, ScanCommand } = await import('@aws-sdk/client-dynamodb');
  const { Items = [] } = await new DynamoDBClient(target).send(new ScanCommand({ TableName, Limit: 1 }));
  return Items.length === 0;
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
