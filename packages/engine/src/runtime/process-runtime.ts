import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../core/clock.ts';
import type { Ids } from '../core/ids.ts';
import { choosePlacement, type PlacementRequest } from './address.ts';
import { resolveCheck, resolveCommand } from './command.ts';
import type { ContainerSpec, ContainerStatus, Placement } from './container.ts';
import { containerEnvironment } from './environment.ts';
import { HealthChecks, prepareCheck, taskOfCheck } from './health-checks.ts';
import { readIfThere } from './identity.ts';
import { memoryOf } from './memory.ts';
import type { DetachedProcesses } from './processes.ts';
import { Images, insideRoot, linkTree } from './task-root.ts';

export interface ProcessRuntimeOptions {
  state: string;
  clock: Clock;
  ids: Ids;
  processes: DetachedProcesses;
  /** The program that stands for `node` in every container: the engine's own `process.execPath`. */
  node: string;
  platform: NodeJS.Platform;
}

const WATCH_MS = 250;
const OUT_OF_MEMORY = 'OutOfMemoryError: Container killed due to memory usage';

/**
 * Tasks as processes of this machine: the image's own layers unpacked, `node` the engine's. No isolation: same user,
 * same network, same files; an image's USER is not followed.
 */
export class ProcessRuntime implements Disposable {
  readonly #options: ProcessRuntimeOptions;
  readonly #images: Images;
  readonly checks: HealthChecks;
  #stopWatch: () => void;

  constructor(options: ProcessRuntimeOptions) {
    this.#options = options;
    this.#images = new Images(options.state);
    this.checks = new HealthChecks(options.processes, (taskId, name) => this.#checkPlace(taskId, name));
    mkdirSync(this.#tasks(), { recursive: true, mode: 0o700 });
    this.#stopWatch = this.#watchMemory();
  }

  /** Chooses where a task is reached; the caller keeps it. */
  place(request: PlacementRequest): Promise<Placement> {
    return choosePlacement(request, this.#options);
  }

  /**
   * Starts a container, once per task and name whatever crashes in between. Rejects with a sentence when it cannot be
   * started here.
   */
  async start(spec: ContainerSpec): Promise<ContainerStatus> {
    const before = this.status(spec.taskId, spec.name);
    if (before.state !== 'unknown') return before;
    const { processes, node } = this.#options;
    const { directory, limit } = this.#container(spec.taskId, spec.name);
    const [root, tmp] = [join(directory, 'root'), join(directory, 'tmp')];
    const image = await this.#images.unpacked(spec.image);
    await rm(directory, { recursive: true, force: true });
    await linkTree(image, root);
    await mkdir(tmp);
    const config = spec.image.config.config ?? {};
    const workingDirectory = spec.workingDirectory ?? (config.WorkingDir || '/');
    const cwd = insideRoot(root, workingDirectory);
    await mkdir(cwd, { recursive: true });
    const command = resolveCommand({ ...spec, config, root, workingDirectory, node });
    const env = containerEnvironment({ ...spec, config, node, tmp, home: cwd });
    if (spec.healthCheck) {
      const check = resolveCheck(spec.healthCheck, { config, root, workingDirectory, node });
      prepareCheck(directory, { command: check, cwd, env });
    }
    if (spec.memoryMiB !== undefined) writeFileSync(limit, String(spec.memoryMiB));
    await processes.start({ id: processId(spec.taskId, spec.name), command, cwd, env, output: spec.output });
    return this.status(spec.taskId, spec.name);
  }

  status(taskId: string, name: string): ContainerStatus {
    const status = this.#options.processes.status(processId(taskId, name));
    if (status.state === 'running') return { state: 'running' };
    if (status.state === 'unknown') return status;
    const reason = readIfThere(this.#container(taskId, name).killed);
    return reason === undefined ? status : { ...status, reason };
  }

  signal(taskId: string, name: string, signal: 'SIGTERM' | 'SIGKILL'): void {
    this.#options.processes.signal(processId(taskId, name), signal);
  }

  /** Calls `listener` with the task's id when a container of it, or a health check in it, has exited. */
  onExit(listener: (taskId: string) => void): () => void {
    return this.#options.processes.onExit(id => {
      const taskId = taskOf(id);
      if (taskId === undefined) return;
      if (isForgottenCheck(id, join(this.#tasks(), taskId))) this.#options.processes.forget(id);
      else listener(taskId);
    });
  }

  /** Removes what a stopped task left, its output excepted. */
  forget(taskId: string, names: string[]): void {
    for (const name of names) this.#options.processes.forget(processId(taskId, name));
    this.checks.forgetTask(taskId);
    rmSync(join(this.#tasks(), safe(taskId)), { recursive: true, force: true });
  }

  /** Kills containers of tasks that nobody knows of any more. */
  retain(known: Iterable<string>): void {
    const { processes } = this.#options;
    const tasks = new Set(known);
    for (const id of processes.ids()) {
      const taskId = taskOf(id);
      if (taskId === undefined || tasks.has(taskId)) continue;
      if (processes.status(id).state === 'running') processes.signal(id, 'SIGKILL');
      else processes.forget(id);
    }
  }

  [Symbol.dispose](): void {
    this.#stopWatch();
  }

  #tasks(): string {
    return join(this.#options.state, 'tasks');
  }

  #container(taskId: string, name: string): { directory: string; limit: string; killed: string } {
    const directory = join(this.#tasks(), safe(taskId), shortHash(name));
    return { directory, limit: join(directory, 'memory-mib'), killed: join(directory, 'killed-because') };
  }

  #checkPlace(taskId: string, name: string): { directory: string; key: string } {
    return { directory: this.#container(taskId, name).directory, key: `${safe(taskId)}-${shortHash(name)}` };
  }

  /** Looks at the memory of every running container that has a limit, also of those that were adopted. */
  #watchMemory(): () => void {
    const { clock } = this.#options;
    let cancel = (): void => {};
    const look = (): void => {
      this.#killTheGreedy();
      cancel = clock.at(clock.now() + WATCH_MS, look);
    };
    look();
    return () => cancel();
  }

  #killTheGreedy(): void {
    const { processes } = this.#options;
    for (const taskId of readdirSync(this.#tasks())) {
      for (const hash of readdirSync(join(this.#tasks(), taskId))) {
        const directory = join(this.#tasks(), taskId, hash);
        const limit = Number(readIfThere(join(directory, 'memory-mib'))) * 1024 * 1024;
        if (!(limit > 0)) continue;
        const id = `task-${taskId}-${hash}`;
        const status = processes.status(id);
        if (status.state !== 'running' || (memoryOf(status.pid) ?? 0) <= limit) continue;
        writeFileSync(join(directory, 'killed-because'), OUT_OF_MEMORY);
        processes.signal(id, 'SIGKILL');
      }
    }
  }
}

function processId(taskId: string, name: string): string {
  return `task-${safe(taskId)}-${shortHash(name)}`;
}

function taskOf(id: string): string | undefined {
  return /^task-([a-zA-Z0-9]+)-[0-9a-f]{12}$/.exec(id)?.[1] ?? taskOfCheck(id);
}

/** A check that was killed with its task ends when nobody asks for it any more. */
function isForgottenCheck(id: string, taskDirectory: string): boolean {
  return taskOfCheck(id) !== undefined && !existsSync(taskDirectory);
}

function safe(taskId: string): string {
  if (!/^[a-zA-Z0-9]{1,64}$/.test(taskId)) throw new Error(`"${taskId}" is no task id`);
  return taskId;
}

function shortHash(name: string): string {
  return createHash('sha256').update(name).digest('hex').slice(0, 12);
}
