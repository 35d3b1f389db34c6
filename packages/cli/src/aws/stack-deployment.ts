import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStackEventsCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { UserError } from '../errors.ts';
import { deleteStack } from '../stack-deletion.ts';
import { pauseOf, type Target } from '../target.ts';
import type { AssemblyStack } from './assembly.ts';
import { statusOf } from './stack-change.ts';

/** CloudFormation's limit of a template that comes with the call: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
const INLINE_MAX = 51_200;

export interface StackDeploymentOptions {
  /** Where a template goes that is too large for the call. */
  bucket: string;
  tell(line: string): void;
  signal: AbortSignal;
}

/**
 * Creates the stack or brings it up to date, and waits; returns what was done. One that something is being done to is
 * waited for; a first creation that failed is deleted and made again, nothing else is ever deleted. Throws a UserError
 * with the first reason of a failure, and when `signal` came first.
 */
export async function deployStack(
  target: Target,
  stack: AssemblyStack,
  options: StackDeploymentOptions,
): Promise<'created' | 'updated' | 'unchanged'> {
  const client = new CloudFormationClient(target);
  let status = await settled(target, stack.name, options.signal);
  if (status === 'ROLLBACK_COMPLETE') {
    options.tell(`${stack.name}: its first creation failed, it is deleted and made again`);
    if (!(await deleteStack(target, stack.name, options.signal))) throw interrupted();
    status = undefined;
  }
  refuse(stack.name, status);
  const common = { StackName: stack.name, Capabilities: ['CAPABILITY_NAMED_IAM' as const] };
  options.tell(`${stack.name}: ${status === undefined ? 'is created' : 'is brought up to date'} …`);
  try {
    await withTemplate(target, stack, options, async template => {
      const input = { ...common, ...template };
      await client.send(status === undefined ? new CreateStackCommand(input) : new UpdateStackCommand(input));
    });
  } catch (error) {
    if (error instanceof Error && error.message.includes('No updates are to be performed'))
      return 'unchanged';
    throw error;
  }
  const end = await settled(target, stack.name, options.signal);
  if (end === 'CREATE_COMPLETE' || end === 'UPDATE_COMPLETE')
    return status === undefined ? 'created' : 'updated';
  throw new UserError(
    `The stack ${stack.name} could not be ${status === undefined ? 'created' : 'updated'} (${end}): ${await firstReason(client, stack.name)}`,
  );
}

function refuse(name: string, status: string | undefined): void {
  if (status === undefined || /^(CREATE|UPDATE|UPDATE_ROLLBACK|IMPORT)_COMPLETE$/.test(status)) return;
  const advice =
    status === 'UPDATE_ROLLBACK_FAILED'
      ? `mend what its events name, then: aws cloudformation continue-update-rollback --stack-name ${name}`
      : `see its events, and delete it if nothing of it is needed: aws cloudformation delete-stack --stack-name ${name}`;
  throw new UserError(`The stack ${name} is ${status} and cannot be updated: ${advice}`);
}

type TemplateAt = { TemplateBody: string } | { TemplateURL: string };

/**
 * Calls `use` with the template: in the call while it is short enough, without the spaces that are for people; else in the
 * bucket of the artifacts or, before that is there, in one that is gone again afterwards.
 */
async function withTemplate(
  target: Target,
  { name, template, account, region }: AssemblyStack,
  { bucket }: StackDeploymentOptions,
  use: (template: TemplateAt) => Promise<void>,
): Promise<void> {
  const body = JSON.stringify(template);
  if (Buffer.byteLength(body) <= INLINE_MAX) return use({ TemplateBody: body });
  const s3 = await import('@aws-sdk/client-s3');
  const client = new s3.S3Client(target);
  const Key = `deploy/${name}-${createHash('sha256').update(body).digest('hex').slice(0, 16)}.json`;
  const put = (Bucket: string) => client.send(new s3.PutObjectCommand({ Bucket, Key, Body: body }));
  const isThere = await put(bucket).then(
    () => true,
    error => {
      if (error.name !== 'NoSuchBucket') throw error;
      return false;
    },
  );
  if (isThere) return use({ TemplateURL: urlOf(bucket, region, Key) });
  const passing = `${bucket.split('-artifacts-')[0]}-deploy-${account}-${region}`;
  // S3 takes no region in the one that it began with.
  const place =
    region === 'us-east-1'
      ? {}
      : { CreateBucketConfiguration: { LocationConstraint: region as 'ap-northeast-1' } };
  await client.send(new s3.CreateBucketCommand({ Bucket: passing, ...place })).catch(error => {
    if (error.name !== 'BucketAlreadyOwnedByYou') throw error;
  });
  try {
    await put(passing);
    await use({ TemplateURL: urlOf(passing, region, Key) });
  } finally {
    const { deleteBucket } = await import('../destroy/bucket.ts');
    await deleteBucket(target, passing);
  }
}

function urlOf(bucket: string, region: string, key: string): string {
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  return `https://${bucket}.s3.${region}.${domain}/${key}`;
}

/** The status once nothing is being done to the stack; undefined when it is not there. */
export async function settled(
  target: Target,
  name: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  for (;;) {
    const status = await statusOf(target, name);
    if (status === undefined || status === 'DELETE_COMPLETE') return undefined;
    if (!status.endsWith('_IN_PROGRESS') || status === 'REVIEW_IN_PROGRESS') return status;
    if (signal.aborted) throw interrupted();
    await delay(pauseOf(target), undefined, { signal }).catch(() => undefined);
  }
}

function interrupted(): UserError {
  return new UserError('Interrupted: what was begun goes on; call it again to go on from there.', 130);
}

async function firstReason(client: CloudFormationClient, name: string): Promise<string> {
  const { StackEvents: events = [] } = await client.send(new DescribeStackEventsCommand({ StackName: name }));
  const begun = events.findIndex(
    ({ LogicalResourceId: id, ResourceStatus: status }) =>
      id === name && /^(CREATE|UPDATE)_IN_PROGRESS$/.test(status ?? ''),
  );
  const failed = events
    .slice(0, begun + 1)
    .findLast(
      ({ ResourceStatus: status, ResourceStatusReason: reason }) =>
        status?.endsWith('_FAILED') && !reason?.startsWith('Resource creation cancelled'),
    );
  return failed ? `${failed.LogicalResourceId}: ${failed.ResourceStatusReason}` : 'no reason was recorded';
}
