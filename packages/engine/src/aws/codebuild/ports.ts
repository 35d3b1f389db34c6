import type { Credentials } from '../../core/credentials.ts';
import type { LogStreams } from '../../core/log-streams.ts';
import type { Processes } from '../../core/processes.ts';

/** The artifact bucket. */
export interface ArtifactStore {
  /** `body` is the path of a file that is moved or copied in. */
  putObject(bucket: string, key: string, body: string): Promise<void>;
  /** The path of a file to read. Throws AwsError NoSuchKey. */
  getObject(bucket: string, key: string): Promise<string>;
}

export interface CodeBuildOptions {
  /** The Node that runs builds, an absolute path; its directory comes first on a build's `PATH`. */
  node: string;
  /** Further directories on the path, after Node's: where `npm` is, if it is not beside Node. */
  tools?: string[];
  /** Builds side by side; others wait in QUEUED. */
  concurrency: number;
  /** A checkout whose `node_modules` may stand in for a cache entry that is missing. */
  seedFrom?: string;
  /** Added to every build's environment, for instance `npm_config_cache` or a proxy. */
  environment?: Record<string, string>;
}

/** What CodeBuild needs of others. */
export interface CodeBuildPorts {
  processes: Processes;
  credentials: Credentials;
  logs: LogStreams;
  artifacts: ArtifactStore;
  /** The value of an SSM parameter; undefined when there is none. */
  parameter(name: string): string | undefined;
  options: CodeBuildOptions;
}
