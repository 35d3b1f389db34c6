import type { Context } from '../../core/context.ts';
import { codeCommitApi } from './api.ts';
import type { CodeCommitPorts } from './ports.ts';
import { codeCommitResources } from './resources.ts';

export type { CodeCommitPorts, Repositories } from './ports.ts';

/** CodeCommit over the engine's bare repositories. */
export function createCodeCommit(context: Context, ports: CodeCommitPorts) {
  return { resources: codeCommitResources(context, ports), api: codeCommitApi(context, ports) };
}
