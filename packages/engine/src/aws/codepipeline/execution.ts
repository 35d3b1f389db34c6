import type { ExecutionMode } from './declaration.ts';
import type { ArtifactLocation } from './ports.ts';
import type { Namespaces } from './variables.ts';

export type ExecutionStatus =
  | 'InProgress'
  | 'Stopping'
  | 'Stopped'
  | 'Succeeded'
  | 'Superseded'
  | 'Failed'
  | 'Cancelled';

export type StageStatus =
  | 'InProgress'
  | 'Stopping'
  | 'Stopped'
  | 'Succeeded'
  | 'Failed'
  | 'Cancelled'
  | 'Skipped';

export interface Trigger {
  /** AWS's word: CreatePipeline, StartPipelineExecution, CloudWatchEvent, Webhook, … */
  triggerType: string;
  /** The ARN of whoever or whatever started it. */
  triggerDetail?: string;
}

export interface SourceRevisionOverride {
  actionName: string;
  revisionType: 'COMMIT_ID';
  revisionValue: string;
}

/** What a Source action found, for ListPipelineExecutions and GetPipelineExecution. */
export interface SourceRevision {
  actionName: string;
  artifact: string;
  revisionId: string;
  revisionSummary: string;
  revisionUrl: string;
}

/** One run of a pipeline, by `pipeline/id`. Times are epoch milliseconds. */
export interface Execution {
  id: string;
  pipeline: string;
  /** Grows by one with every execution of the pipeline: newer is greater. */
  number: number;
  /** The version of the structure that it runs. */
  version: number;
  mode: ExecutionMode;
  status: ExecutionStatus;
  statusSummary?: string;
  trigger: Trigger;
  /** 1, and one more with every retry of a stage. */
  attempt: number;
  started: number;
  updated: number;
  overrides: SourceRevisionOverride[];
  revisions: SourceRevision[];
  /** By namespace; pipeline variables are in `variables`. */
  variables: Namespaces;
  /** By name: where each artifact of this execution is. */
  artifacts: Record<string, ArtifactLocation>;
  /** The index of the stage it is in (`entered`) or waits for. */
  at: { stage: number; entered: boolean };
  stages: Record<string, StageRun>;
  stop?: { abandon: boolean; reason?: string };
}

/** What an execution did in a stage. */
export interface StageRun {
  status: StageStatus;
  started: number;
  manualRetries: number;
  /** The key of the current run of each action that has been started, by the action's name. */
  actions: Record<string, string>;
  beforeEntry?: ConditionRun;
  onSuccess?: ConditionRun;
}

export interface ConditionRun {
  status: 'Succeeded' | 'Failed' | 'Errored';
  summary: string;
  at: number;
  rules: { id: string; name: string; status: 'Succeeded' | 'Failed'; summary: string }[];
}

/** Whether nothing more happens to it unless a stage is retried. */
export function isOver(execution: Execution): boolean {
  return execution.status !== 'InProgress' && execution.status !== 'Stopping';
}
