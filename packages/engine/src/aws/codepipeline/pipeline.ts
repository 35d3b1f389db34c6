import type { PipelineDeclaration } from './declaration.ts';

/** A pipeline as it is stored, by name. Times are epoch milliseconds. */
export interface Pipeline {
  arn: string;
  declaration: PipelineDeclaration;
  created: number;
  updated: number;
  restartOnUpdate: boolean;
  tags: Record<string, string>;
  /** The token of the stack operation that made or changed it last: the same operation changes it once. */
  token: string;
  /** How many executions it has had. */
  executions: number;
  /** The executions that are not over, oldest first. */
  active: string[];
}

/** What GetPipelineState tells of a stage beside its executions; by `pipeline/stage`. */
export interface StageRecord {
  /** The execution that entered it last. */
  latest?: string;
  /** The key of each action's latest run, by the action's name. */
  actions: Record<string, string>;
  transition: Transition;
}

/** The inbound transition of a stage. */
export interface Transition {
  enabled: boolean;
  reason?: string;
  changedBy?: string;
  changedAt?: number;
}

export const openTransition: Transition = { enabled: true };
