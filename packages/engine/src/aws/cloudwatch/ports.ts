/** What CloudWatch needs of others. */
export interface CloudWatchPorts {
  /** Hands over every line that was written to a log stream since the last call, if it contains `word`. */
  newLines(word: string, take: (line: string) => void): Promise<void>;
}
