/** Where the output of tasks and builds goes: one file per log stream. Supplied by `aws/logs`. */
export interface LogStreams {
  /** Makes the stream when missing and returns the absolute path of the file that output is appended to. */
  file(group: string, stream: string): string;
  /** The last `lines` lines of a stream, oldest first; empty when there is none. */
  tail(group: string, stream: string, lines: number): string[];
}
