import type { Api } from '../../core/api.ts';
import type { Context } from '../../core/context.ts';
import type { LogStreams } from '../../core/log-streams.ts';
import type { ResourceHandlers } from '../../core/resource.ts';
import { createLogsApi } from './api.ts';
import { Follower } from './follower.ts';
import { LogFiles } from './log-files.ts';
import { createLogsResources } from './resources.ts';

export interface Logs {
  /** Where tasks and builds write. */
  streams: LogStreams;
  /** Hands over every line that was written to any stream since the last call, if it contains `word`. */
  newLines(word: string, take: (line: string) => void): Promise<void>;
  resources: ResourceHandlers;
  api: Api;
}

/** CloudWatch Logs over plain files. */
export function createLogs(context: Context): Logs {
  const files = new LogFiles(context);
  const follower = new Follower(files);
  return {
    streams: files,
    newLines: (word, take) => follower.read(word, take),
    resources: createLogsResources(context, files),
    api: createLogsApi(context, files),
  };
}
