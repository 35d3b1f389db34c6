import { setTimeout as delay } from 'node:timers/promises';
import {
  CloudFormationClient,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  type Stack,
} from '@aws-sdk/client-cloudformation';
import { UserError } from './errors.ts';
import { pauseOf, type Target } from './target.ts';

/** How often a stack may be looked at before it has to be on its way out. */
const MOST_LOOKS_UNMOVED = 20;

/** Throws a UserError with AWS's own sentence for the first of the stacks that is protected against its deletion. */
export async function refuseProtected(target: Target, names: string[]): Promise<void> {
  const client = new CloudFormationClient(target);
  for (const name of names) {
    if (!(await describe(client, name))?.EnableTerminationProtection) continue;
    throw new UserError(
      `Stack [${name}] cannot be deleted while TerminationProtection is enabled. Nothing was touched. Disable it with: aws cloudformation update-termination-protection --no-enable-termination-protection --stack-name ${name}`,
    );
  }
}

/**
 * Deletes a stack and waits until it is gone; false when `signal` came first, which leaves CloudFormation at it. One that
 * something is being done to is waited for, one whose deletion had failed is tried again. Throws a UserError with
 * CloudFormation's own reasons when it cannot be deleted. `roleArn` takes the place of the role that the stack remembers.
 */
export async function deleteStack(
  target: Target,
  name: string,
  signal: AbortSignal,
  roleArn?: string,
): Promise<boolean> {
  const client = new CloudFormationClient(target);
  let stack = await describe(client, name);
  while (stack && isBusy(stack) && !signal.aborted) {
    await pause(target, signal);
    stack = await describe(client, name);
  }
  if (!stack) return true;
  if (signal.aborted) return false;
  const id = stack.StackId ?? name;
  await client.send(new DeleteStackCommand({ StackName: id, ...(roleArn && { RoleARN: roleArn }) }));
  for (let looks = 0; !signal.aborted; looks++) {
    const now = await describe(client, id);
    if (!now || now.StackStatus === 'DELETE_COMPLETE') return true;
    const isLeaving = now.StackStatus === 'DELETE_IN_PROGRESS';
    const hasFailed =
      now.StackStatus === 'DELETE_FAILED' && (looks > 0 || stack.StackStatus !== 'DELETE_FAILED');
    if (hasFailed || (!isLeaving && looks > MOST_LOOKS_UNMOVED)) throw await refusal(client, id, now);
    await pause(target, signal);
  }
  return false;
}

/** CloudFormation refuses to delete a stack that it updates or rolls back. */
function isBusy({ StackStatus: status }: Stack): boolean {
  return /^(UPDATE|ROLLBACK|IMPORT)_.*IN_PROGRESS$/.test(status ?? '');
}

async function refusal(client: CloudFormationClient, id: string, stack: Stack): Promise<UserError> {
  const { StackEvents: events = [] } = await client.send(new DescribeStackEventsCommand({ StackName: id }));
  const begun = events.findIndex(
    each => each.PhysicalResourceId === id && each.ResourceStatus === 'DELETE_IN_PROGRESS',
  );
  const reasons = events
    .slice(0, Math.max(0, begun))
    .filter(each => each.ResourceStatus === 'DELETE_FAILED' && each.PhysicalResourceId !== id)
    .map(each => `  ${each.LogicalResourceId}: ${each.ResourceStatusReason}`)
    .reverse();
  const why = stack.StackStatusReason ? `: ${stack.StackStatusReason}` : '';
  return new UserError(
    [`The stack ${stack.StackName} could not be deleted (${stack.StackStatus})${why}`, ...reasons].join('\n'),
  );
}

/** Undefined when there is none. */
async function describe(client: CloudFormationClient, name: string): Promise<Stack | undefined> {
  try {
    return (await client.send(new DescribeStacksCommand({ StackName: name }))).Stacks?.[0];
  } catch (error) {
    if (error instanceof Error && /does not exist/.test(error.message)) return undefined;
    throw error;
  }
}

function pause(target: Target, signal: AbortSignal): Promise<void> {
  return delay(pauseOf(target), undefined, { signal }).catch(() => undefined);
}
