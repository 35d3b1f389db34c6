/** What the runner is handed: the invocation, its function, and where it may read and write. */
export interface Job {
  requestId: string;
  functionName: string;
  functionArn: string;
  /** The export that handles events. */
  handler: string;
  /** The directory that holds `index.js`. */
  code: string;
  /** JSON. */
  event: string;
  timeoutMs: number;
  memoryMiB: number;
  log: { group: string; stream: string };
  /** The function's own environment variables; the runtime's are in the process's environment. */
  variables: Record<string, string>;
}

/** What the runner leaves. */
export type RunResult =
  | { status: 'succeeded' /** JSON. */; answer: string }
  | { status: 'failed'; error: FunctionError };

/** A function's error as Lambda tells it to the caller. */
export interface FunctionError {
  errorType: string;
  errorMessage: string;
  trace?: string[];
}

export const JOB_FILE = 'job.json';
/** Appears when the code has been loaded: the timeout counts from here. */
export const LOADED_FILE = 'loaded';
export const RESULT_FILE = 'result.json';
/** Largest answer. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const MAX_ANSWER_BYTES = 6_291_556;
