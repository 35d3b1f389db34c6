import type { RecordedEvent } from '../../core/events.ts';

/** What a rule asks for when an event matches it. */
export interface PipelineStart {
  /** The same for the same event, rule and target, also after a crash: start once per token. */
  token: string;
  pipelineArn: string;
  ruleArn: string;
  event: RecordedEvent;
}

/** A push to a repository that starts a pipeline by a trigger of the pipeline's own. */
export interface PushTrigger {
  pipelineArn: string;
  repository: string;
  /** Names of branches; `*` stands for any characters. */
  branches: string[];
  /** Events up to this number are not for it. */
  since: number;
}

/** What EventBridge needs of others. */
export interface EventsPorts {
  /** Starts an execution. An AwsError (no such pipeline) is told and not tried again; anything else is. */
  startPipelineExecution(start: PipelineStart): void | Promise<void>;
  /** In AWS a connection tells CodePipeline of pushes; here the same events do. */
  pushTriggers(): PushTrigger[];
}
