import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  ListStackResourcesCommand,
  ListStacksCommand,
  type StackResourceSummary,
  StackStatus,
} from '@aws-sdk/client-cloudformation';
import { UserError } from './errors.ts';
import type { Target } from './target.ts';

const POLL_MS = 100;

/** Whether a stack of that name is there in any state but deleted. */
export async function stackExists(target: Target, name: string): Promise<boolean> {
  return (await stackStatus(new CloudFormationClient(target), name)) !== undefined;
}

/** Creates the stack from a template file and waits. Throws a UserError with the first reason of a failure. */
export async function createStack(target: Target, name: string, templateFile: string): Promise<void> {
  const client = new CloudFormationClient(target);
  const template = await readFile(templateFile, 'utf8');
  const capabilities = ['CAPABILITY_NAMED_IAM' as const];
  await client.send(
    new CreateStackCommand({ StackName: name, TemplateBody: template, Capabilities: capabilities }),
  );
  let status = await stackStatus(client, name);
  while (status?.endsWith('_IN_PROGRESS')) {
    await delay(POLL_MS);
    status = await stackStatus(client, name);
  }
  if (status !== 'CREATE_COMPLETE') {
    throw new UserError(
      `The stack ${name} could not be created (${status}): ${await firstReason(client, name)}`,
    );
  }
}

/** The names of all stacks that are there, in any state but deleted, and begin with `prefix`. */
export async function stackNames(target: Target, prefix: string): Promise<string[]> {
  const client = new CloudFormationClient(target);
  const there = Object.values(StackStatus).filter(status => status !== 'DELETE_COMPLETE');
  const names: string[] = [];
  let nextToken: string | undefined;
  do {
    const page = await client.send(
      new ListStacksCommand({ StackStatusFilter: there, ...(nextToken && { NextToken: nextToken }) }),
    );
    names.push(...(page.StackSummaries ?? []).map(stack => stack.StackName ?? ''));
    nextToken = page.NextToken;
  } while (nextToken);
  return names.filter(name => name.startsWith(prefix));
}

/** What a stack consists of. */
export async function stackResources(target: Target, name: string): Promise<StackResourceSummary[]> {
  const client = new CloudFormationClient(target);
  const resources: StackResourceSummary[] = [];
  let nextToken: string | undefined;
  do {
    const page = await client.send(
      new ListStackResourcesCommand({ StackName: name, ...(nextToken && { NextToken: nextToken }) }),
    );
    resources.push(...(page.StackResourceSummaries ?? []));
    nextToken = page.NextToken;
  } while (nextToken);
  return resources;
}

async function stackStatus(client: CloudFormationClient, name: string): Promise<string | undefined> {
  try {
    const answer = await client.send(new DescribeStacksCommand({ StackName: name }));
    return answer.Stacks?.[0]?.StackStatus;
  } catch (error) {
    if (error instanceof Error && /does not exist/.test(error.message)) return undefined;
    throw error;
  }
}

async function firstReason(client: CloudFormationClient, name: string): Promise<string> {
  const answer = await client.send(new DescribeStackEventsCommand({ StackName: name }));
  const failed = (answer.StackEvents ?? []).filter(event => event.ResourceStatus?.endsWith('_FAILED')).at(-1);
  return failed ? `${failed.LogicalResourceId}: ${failed.ResourceStatusReason}` : 'no reason was recorded';
}
