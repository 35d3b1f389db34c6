import { setTimeout as delay } from 'node:timers/promises';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { stackResources } from '../stack.ts';
import type { FoundStack } from './inventory.ts';

/** A role that CloudFormation deletes with where a stack's own is of no use any more. */
export interface DeletionRoles extends AsyncDisposable {
  /** The role to delete this stack with; undefined: the one that the stack remembers, or the caller. */
  roleFor(stack: FoundStack): Promise<string | undefined>;
}

/** IAM tells everywhere of a new role within seconds; what answers on this machine knows it at once. */
const PROPAGATION_MS = 15_000;
const ADMINISTRATOR = 'policy/AdministratorAccess';

/**
 * A stack remembers the role that it was deployed with. Where that role is gone, or goes with this very stack (the
 * platform's is part of the tooling), CloudFormation needs another: the one given, else one that is made for this
 * deletion, can be assumed by CloudFormation of this account only and is deleted at the end.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-iam-servicerole.html
 */
export function deletionRoles(options: {
  product: string;
  given?: string;
  tell(line: string): void;
}): DeletionRoles {
  const { product, given, tell } = options;
  const made = new Map<string, { arn: string; remove(): Promise<void> }>();
  const name = `${product}-destroy`;

  async function make({ spot, target }: FoundStack): Promise<string> {
    const known = made.get(spot.account);
    if (known) return known.arn;
    const iam = await import('@aws-sdk/client-iam');
    const client = new iam.IAMClient(target);
    const partition = spot.region.startsWith('cn-') ? 'aws-cn' : 'aws';
    const policy = `arn:${partition}:iam::aws:${ADMINISTRATOR}`;
    tell(`the role ${name} is made for CloudFormation to finish with; it is deleted at the end`);
    await client
      .send(
        new iam.CreateRoleCommand({
          RoleName: name,
          Description: 'Deletes what is left of the product; exists while "slipway destroy" runs',
          AssumeRolePolicyDocument: JSON.stringify({
            Version: '2012-10-17',
            Statement: [
              {
                ...{ Effect: 'Allow', Action: 'sts:AssumeRole' },
                Principal: { Service: 'cloudformation.amazonaws.com' },
                Condition: { StringEquals: { 'aws:SourceAccount': spot.account } },
              },
            ],
          }),
        }),
      )
      .catch(error => {
        if (error.name !== 'EntityAlreadyExistsException') throw error;
      });
    await client.send(new iam.AttachRolePolicyCommand({ RoleName: name, PolicyArn: policy }));
    await delay(target.pauseMs ?? PROPAGATION_MS);
    const remove = async (): Promise<void> => {
      await client.send(new iam.DetachRolePolicyCommand({ RoleName: name, PolicyArn: policy }));
      await client.send(new iam.DeleteRoleCommand({ RoleName: name }));
    };
    const arn = `arn:${partition}:iam::${spot.account}:role/${name}`;
    made.set(spot.account, { arn, remove });
    return arn;
  }

  return {
    roleFor: async stack => ((await isUseless(stack)) ? (given ?? (await make(stack))) : undefined),
    [Symbol.asyncDispose]: async () => {
      for (const { remove } of made.values()) await remove();
    },
  };
}

/** Whether the role that the stack remembers is gone, or goes with it. */
async function isUseless({ name, target }: FoundStack): Promise<boolean> {
  const { Stacks } = await new CloudFormationClient(target).send(
    new DescribeStacksCommand({ StackName: name }),
  );
  const role = Stacks?.[0]?.RoleARN?.split('/').at(-1);
  if (role === undefined) return false;
  const resources = await stackResources(target, name);
  if (
    resources.some(
      ({ ResourceType, PhysicalResourceId: id }) => ResourceType === 'AWS::IAM::Role' && id === role,
    )
  )
    return true;
  const { GetRoleCommand, IAMClient } = await import('@aws-sdk/client-iam');
  return new IAMClient(target).send(new GetRoleCommand({ RoleName: role })).then(
    () => false,
    error => error.name === 'NoSuchEntityException',
  );
}
