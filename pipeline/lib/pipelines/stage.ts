import type { Spot } from '../names.ts';

/** One step of a pipeline. `role` is the name of the role that the step is carried out with. */
export type Action =
  | SourceAction
  | BuildAction
  | StackAction
  | ApprovalAction
  | BlueGreenAction
  | FunctionAction;

interface Step {
  readonly name: string;
  readonly runOrder: number;
}
/** A step that happens elsewhere than at the pipelines' home; its roles are of that account. */
interface PlacedStep extends Step {
  readonly at?: Spot;
}
export interface SourceAction extends Step {
  readonly kind: 'source';
  readonly role: string;
  readonly output: string;
  readonly namespace: string;
}
export interface BuildAction extends Step {
  readonly kind: 'build';
  readonly role: string;
  readonly project: string;
  readonly input: string;
  readonly outputs: readonly string[];
  readonly namespace?: string;
  readonly variables: Readonly<Record<string, string>>;
}
export interface StackAction extends PlacedStep {
  readonly kind: 'stack';
  readonly role: string;
  /** The role that CloudFormation itself works with. */
  readonly executionRole: string;
  readonly stack: string;
  readonly input: string;
}
export interface ApprovalAction extends Step {
  readonly kind: 'approval';
  readonly message: string;
}
export interface BlueGreenAction extends PlacedStep {
  readonly kind: 'blue-green';
  readonly role: string;
  /** CodeDeploy's application and deployment group. */
  readonly application: string;
  readonly input: string;
  /** The folder of the input that holds taskdef.json and appspec.yaml. */
  readonly folder: string;
}

/** Calls a function of the platform. */
export interface FunctionAction extends Step {
  readonly kind: 'function';
  readonly role: string;
  readonly function: string;
  /** An artifact that the function reads. */
  readonly input?: string;
  readonly parameters: Readonly<Record<string, string>>;
}

export interface Stage {
  readonly name: string;
  /** The stage is skipped unless the variable is this, holds it, or is as the regular expression says. */
  readonly onlyIf?: { readonly variable: string } & (
    | { readonly equals: string }
    | { readonly contains: string }
    | { readonly matches: string }
  );
  readonly actions: readonly Action[];
}

export interface PipelineBlueprint {
  readonly name: string;
  readonly restartOnUpdate: boolean;
  /** What starts it by itself; undefined: nothing does. */
  readonly startedBy?: 'push' | 'pull-request';
  /** Executions run beside each other and none overtakes another; false: the newest wins. */
  readonly sideBySide?: boolean;
  /** What whoever starts an execution may say about it, by name. */
  readonly variables: Readonly<Record<string, { readonly description: string; readonly default: string }>>;
  readonly stages: readonly Stage[];
}
