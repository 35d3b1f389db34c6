import type { ActionDeclaration } from './declaration.ts';
import type { ArtifactLocation } from './ports.ts';

export type ActionStatus = 'InProgress' | 'Succeeded' | 'Failed' | 'Abandoned';

/**
 * One run of one action, by `pipeline/execution/stage/action/attempt`. The key is also the token of all its effects.
 * Times are epoch milliseconds.
 */
export interface ActionRun {
  key: string;
  /** The actionExecutionId. */
  id: string;
  pipeline: string;
  version: number;
  execution: string;
  stage: string;
  action: string;
  attempt: number;
  /** Grows with every run that starts, whatever the clock says. */
  order: number;
  status: ActionStatus;
  started: number;
  updated: number;
  declaration: ActionDeclaration;
  /** The configuration with its variables resolved. */
  configuration: Record<string, string>;
  inputs: ArtifactLocation[];
  outputs: ArtifactLocation[];
  externalId?: string;
  externalUrl?: string;
  summary?: string;
  error?: { code: string; message: string };
  outputVariables?: Record<string, string>;
  updatedBy?: string;
  /** The job that an Invoke action waits for. */
  job?: string;
  /** The open request's token and when it times out, for approvals. */
  approval?: { token: string; expires: number };
}

/** The key of the n-th run of an action; keys of the same action are in the order of their attempts. */
export function actionKey(of: {
  pipeline: string;
  execution: string;
  stage: string;
  action: string;
  attempt: number;
}): string {
  const attempt = String(of.attempt).padStart(4, '0');
  return `${of.pipeline}/${of.execution}/${of.stage}/${of.action}/${attempt}`;
}
