/** A process to be started detached, so that it outlives the engine. */
export interface ProcessSpec {
  /** Names the process for ever: starting the same id twice starts one process. `[a-zA-Z0-9-]+` */
  id: string;
  /** Program (absolute path) and arguments. */
  command: [string, ...string[]];
  cwd: string;
  /** The whole environment; nothing of the engine's leaks in. */
  env: Record<string, string>;
  /** The file that stdout and stderr are appended to. */
  output: string;
}

export type ProcessStatus =
  | { state: 'unknown' }
  | { state: 'running'; pid: number }
  /** `exitCode` is 128 + the signal's number when a signal ended it, undefined when it vanished (reboot). */
  | { state: 'exited'; exitCode?: number };

/** Detached processes under the shim: tasks, builds and functions. Supplied by `runtime/`. */
export interface Processes {
  /** Starts the process, once per id whatever crashes in between; resolves when it is running or has exited. */
  start(spec: ProcessSpec): Promise<ProcessStatus>;
  status(id: string): ProcessStatus;
  /** Signals the process and all that it started (its group). Nothing happens when it is gone. */
  signal(id: string, signal: 'SIGTERM' | 'SIGKILL'): void;
  /** Calls `listener` when a process has exited, also one that was adopted after a restart of the engine. */
  onExit(listener: (id: string) => void): () => void;
  /** Forgets an exited process and its files. */
  forget(id: string): void;
}
