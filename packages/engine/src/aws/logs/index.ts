import type { Api } from '../../core/api.ts';
import type { Context } from '../../core/context.ts';
import type { LogStreams } from '../../core/log-streams.ts';
import type { ResourceHandlers } from '../../core/resource.ts';
import { createLogsApi } from './api.ts';
import { LogFiles } from './log-files.ts';
import { createLogsResources } from './resources.ts';

export interface Logs {
  /** Where tasks and builds write. */
  streams: LogStreams;
  resources: ResourceHandlers;
  api: Api;
}

/** CloudWatch Logs over plain files. */
export function createLogs(context: Context): Logs {
  const files = new LogFiles(context);
  return {
    streams: files,
    resources: createLogsResources(context, files),
    api: createLogsApi(context, files),
  };
}
