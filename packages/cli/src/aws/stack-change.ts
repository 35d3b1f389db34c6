import { isDeepStrictEqual } from 'node:util';
import {
  CloudFormationClient,
  DescribeStacksCommand,
  GetTemplateCommand,
} from '@aws-sdk/client-cloudformation';
import type { Target } from '../target.ts';
import type { AssemblyStack } from './assembly.ts';

/** What a deployment would do to a stack. */
export interface StackChange {
  stack: AssemblyStack;
  /** `again`: a first creation that failed is deleted and tried again. */
  kind: 'create' | 'again' | 'update' | 'nothing';
  /** Its status now; undefined when it is not there. */
  status?: string;
  /** Logical ids. */
  added: string[];
  changed: string[];
  removed: string[];
}

/** Compares a stack with its template. */
export async function changeOf(target: Target, stack: AssemblyStack): Promise<StackChange> {
  const status = await statusOf(target, stack.name);
  const wanted = stack.template.Resources;
  if (status === undefined || status === 'ROLLBACK_COMPLETE') {
    const kind = status === 'ROLLBACK_COMPLETE' ? 'again' : 'create';
    const added = Object.keys(wanted);
    return { stack, kind, ...(status && { status }), added, changed: [], removed: [] };
  }
  const there = await templateOf(target, stack.name);
  const known = there.Resources ?? {};
  const added = Object.keys(wanted).filter(id => !(id in known));
  const removed = Object.keys(known).filter(id => !(id in wanted));
  const changed = Object.keys(wanted).filter(id => id in known && !isDeepStrictEqual(wanted[id], known[id]));
  const kind = isDeepStrictEqual(there, stack.template) ? 'nothing' : 'update';
  return { stack, kind, status, added, changed, removed };
}

/** The status of a stack; undefined when there is none. */
export async function statusOf(target: Target, name: string): Promise<string | undefined> {
  try {
    const answer = await new CloudFormationClient(target).send(
      new DescribeStacksCommand({ StackName: name }),
    );
    return answer.Stacks?.[0]?.StackStatus;
  } catch (error) {
    if (error instanceof Error && /does not exist/.test(error.message)) return undefined;
    throw error;
  }
}

async function templateOf(
  target: Target,
  StackName: string,
): Promise<{ Resources?: Record<string, unknown> }> {
  const answer = await new CloudFormationClient(target).send(new GetTemplateCommand({ StackName }));
  try {
    return JSON.parse(answer.TemplateBody ?? '{}') as { Resources?: Record<string, unknown> };
  } catch {
    return {}; // somebody wrote it in YAML by hand: everything of it counts as changed
  }
}

/** A change for people, a line and what it is made of. */
export function changeLines({ stack, kind, added, changed, removed }: StackChange): string[] {
  const where = `${stack.name}  (${stack.account}, ${stack.region})`;
  if (kind === 'nothing') return [`= ${where}: as it should be`];
  if (kind === 'update') {
    const counts = [`${added.length} added`, `${changed.length} changed`, `${removed.length} removed`];
    const names = [
      ...added.map(id => `+ ${id}`),
      ...changed.map(id => `~ ${id}`),
      ...removed.map(id => `- ${id}`),
    ];
    return [`~ ${where}: ${counts.join(', ')}`, ...names.map(name => `    ${name}`)];
  }
  const again = kind === 'again' ? ', whose first creation failed: it is deleted and made again' : '';
  const types = new Map<string, number>();
  for (const { Type } of Object.values(stack.template.Resources)) types.set(Type, (types.get(Type) ?? 0) + 1);
  const list = [...types].map(([type, count]) => `${count} × ${type}`);
  return [`+ ${where}${again}`, ...list.map(line => `    ${line}`)];
}
