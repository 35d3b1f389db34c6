import type { Credentials } from '../../core/credentials.ts';
import type { LogStreams } from '../../core/log-streams.ts';
import type { Processes } from '../../core/processes.ts';

/** What Lambda needs of others. */
export interface LambdaPorts {
  processes: Processes;
  credentials: Credentials;
  logs: LogStreams;
  options: {
    /** The Node that runs functions, an absolute path. */
    node: string;
  };
}
