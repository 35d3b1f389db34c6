import type { StackOutput } from '@slipway/assembly';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html#cfn-console-view-stack-data-resources-status-codes */
export type StackStatus =
  | 'CREATE_IN_PROGRESS'
  | 'CREATE_COMPLETE'
  | 'CREATE_FAILED'
  | 'ROLLBACK_IN_PROGRESS'
  | 'ROLLBACK_COMPLETE'
  | 'ROLLBACK_FAILED'
  | 'UPDATE_IN_PROGRESS'
  | 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS'
  | 'UPDATE_COMPLETE'
  | 'UPDATE_ROLLBACK_IN_PROGRESS'
  | 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS'
  | 'UPDATE_ROLLBACK_COMPLETE'
  | 'UPDATE_ROLLBACK_FAILED'
  | 'DELETE_IN_PROGRESS'
  | 'DELETE_COMPLETE'
  | 'DELETE_FAILED';

/** What a stack is brought to. */
export interface Definition {
  /** The digest under which the template's text is kept. */
  template: string;
  parameters: Record<string, string>;
  /** The parameters as they may be told: defaults included, those with NoEcho as `****`. */
  shown: { key: string; value: string; resolved?: string }[];
  tags: Record<string, string>;
  capabilities: string[];
  roleArn?: string;
  /** The exports of other stacks that it uses. */
  imports: string[];
}

/** One create, update or delete, from its request to its end. */
export interface Operation {
  id: string;
  /** The caller's; the same token is the same operation. */
  token: string;
  kind: 'create' | 'update' | 'delete';
  /** Why it cannot succeed: the stack's own sentence. */
  failure?: string;
  /** The resource whose failure came first, with its sentence; for people. */
  cause?: string;
  /** For delete: logical ids that are kept. */
  retain?: string[];
}

export interface Stack {
  /** `<region>/<name>/<uuid>`. */
  key: string;
  name: string;
  /** The ARN. */
  id: string;
  region: string;
  account: string;
  status: StackStatus;
  reason?: string;
  /** Epoch milliseconds, as all times here. */
  createdAt: number;
  updatedAt?: number;
  deletedAt?: number;
  description?: string;
  /** What it was last brought to; of a stack being created, what it is being brought to. */
  definition: Definition;
  /** What an update under way brings it to. */
  target?: Definition;
  outputs: StackOutput[];
  onFailure: 'ROLLBACK' | 'DELETE' | 'DO_NOTHING';
  terminationProtection: boolean;
  /** The latest. */
  operation: Operation;
}

/** A caller's token is its own per operation and stack. */
export function apiToken(operation: string, stackName: string, clientToken: string): string {
  return `${operation}|${stackName}|${clientToken}`;
}

/** The token as the caller gave it. */
export function clientToken(token: string): string {
  return token.slice(token.lastIndexOf('|') + 1);
}

export function isInProgress(stack: Stack): boolean {
  return stack.status.endsWith('_IN_PROGRESS');
}

/** What a stack is or will be: the side that resources are resolved for while it goes forward. */
export function goal(stack: Stack): Definition {
  return stack.target ?? stack.definition;
}

/** How an operation that came through `deployStack` or the API went. */
export interface OperationRecord {
  token: string;
  stackKey?: string;
  stackId: string;
  status: 'IN_PROGRESS' | 'SUCCEEDED' | 'FAILED';
  message?: string;
  /** False when there was nothing to update. */
  changed: boolean;
  outputs: Record<string, string>;
}
