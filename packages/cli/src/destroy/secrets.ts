import { CloudFormationClient, GetTemplateCommand, UpdateStackCommand } from '@aws-sdk/client-cloudformation';
import { settled } from '../aws/stack-deployment.ts';
import { UserError } from '../errors.ts';
import type { Target } from '../target.ts';

interface Part {
  Type: string;
  Properties?: Record<string, unknown>;
  DeletionPolicy?: string;
  UpdateReplacePolicy?: string;
}

/**
 * Has CloudFormation, which made the secrets of a stack, delete them together with it instead of keeping them: at once,
 * so that their names are free again. False when `signal` came first.
 * https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/1999
 */
export async function letSecretsGo(
  target: Target,
  name: string,
  { roleArn, signal }: { roleArn: string | undefined; signal: AbortSignal },
): Promise<boolean> {
  const client = new CloudFormationClient(target);
  const { TemplateBody } = await client.send(new GetTemplateCommand({ StackName: name }));
  const template = JSON.parse(TemplateBody ?? '{}') as { Resources: Record<string, Part> };
  const Resources = withoutKeeping(template.Resources);
  if (!Resources) return true;
  await client.send(
    new UpdateStackCommand({
      ...{ StackName: name, TemplateBody: JSON.stringify({ ...template, Resources }) },
      Capabilities: ['CAPABILITY_NAMED_IAM'],
      ...(roleArn && { RoleARN: roleArn }),
    }),
  );
  const status = await settled(target, name, signal);
  if (signal.aborted) return false;
  if (status === 'UPDATE_COMPLETE') return true;
  throw new UserError(
    `The secrets of ${name} could not be released for deletion (${status}): see its events.`,
  );
}

/** The parts with secrets that go with their stack; undefined where none would be kept. */
function withoutKeeping(parts: Record<string, Part>): Record<string, Part> | undefined {
  const isKept = ({ Type, DeletionPolicy = 'Delete' }: Part): boolean =>
    Type === 'AWS::SecretsManager::Secret' && DeletionPolicy !== 'Delete';
  if (!Object.values(parts).some(isKept)) return undefined;
  return Object.fromEntries(
    Object.entries(parts).map(([id, part]) => {
      if (!isKept(part)) return [id, part];
      const { DeletionPolicy: _, UpdateReplacePolicy: __, ...rest } = part;
      // A change of a policy alone is no change to CloudFormation.
      return [id, { ...rest, Properties: { ...part.Properties, Description: 'Goes with its stack' } }];
    }),
  );
}
