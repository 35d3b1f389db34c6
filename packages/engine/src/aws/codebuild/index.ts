import { type FSWatcher, watch } from 'node:fs';
import type { Context } from '../../core/context.ts';
import { codeBuildApi } from './api.ts';
import { Lifecycle } from './lifecycle.ts';
import type { CodeBuildPorts } from './ports.ts';
import { codeBuildResources } from './resources.ts';
import { workTreeAround } from './runner/work-tree.ts';
import { type BuildRequest, startBuild } from './start-build.ts';
import { stopBuild } from './stop-build.ts';
import { type Build, openTables } from './tables.ts';
import { placeOf } from './workplace.ts';

export type { ArtifactStore, CodeBuildOptions, CodeBuildPorts } from './ports.ts';
export type { BuildRequest } from './start-build.ts';

/** What the engine's other parts see of a build. */
export interface BuildState {
  id: string;
  status: Build['status'];
  phase: string;
  exportedVariables: Record<string, string>;
  message?: string;
  log: { group: string; stream: string };
}

/**
 * CodeBuild: builds run in processes of their own, which outlive the engine. `close` stops watching them.
 * Throws when the state directory is inside a git work tree.
 */
export function createCodeBuild(context: Context, ports: CodeBuildPorts) {
  const around = workTreeAround(context.state);
  if (around !== undefined) {
    throw new Error(
      `Builds must not run inside a git work tree, and ${context.state} is in ${around}; choose another state directory.`,
    );
  }
  const tables = openTables(context);
  const watchers = new Map<string, FSWatcher>();

  /** Something happened to a build outside the store: its controller is to look. */
  const noteChange = (id: string): void => {
    const build = tables.builds.get(id);
    if (build && tables.active.get(id)) tables.builds.put(id, { ...build, seen: build.seen + 1 });
  };
  const watchBuild = (build: Build): void => {
    if (watchers.has(build.process!)) return;
    const watcher = watch(placeOf(context, build), { persistent: false }, (_, file) => {
      if (file === 'phases.json' || file === 'result.json') noteChange(build.id);
      if (tables.builds.get(build.id)?.status !== 'IN_PROGRESS') unwatch(build.process!);
    });
    watcher.on('error', () => unwatch(build.process!));
    watchers.set(build.process!, watcher);
  };
  const unwatch = (process: string): void => {
    watchers.get(process)?.close();
    watchers.delete(process);
  };
  const forgetExits = ports.processes.onExit(process => {
    unwatch(process);
    for (const id of tables.active.keys()) if (tables.builds.get(id)?.process === process) noteChange(id);
  });

  return {
    resources: codeBuildResources(context, tables),
    api: codeBuildApi(context, tables),
    controllers: [new Lifecycle(context, ports, tables, watchBuild)],
    /** Returns the build's id; the same token is the same build. Rejects with AwsError. */
    startBuild: async (request: BuildRequest): Promise<string> => startBuild(context, tables, request),
    build: (id: string): BuildState | undefined => {
      const build = tables.builds.get(id);
      if (!build) return undefined;
      const { status, phase, exportedVariables, message, log } = build;
      return { id, status, phase, exportedVariables, ...(message !== undefined && { message }), log };
    },
    stopBuild: (id: string): void => stopBuild(context, tables, id),
    close: (): void => {
      forgetExits();
      for (const process of [...watchers.keys()]) unwatch(process);
    },
  };
}
