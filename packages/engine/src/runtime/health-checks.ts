import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readIfThere } from './identity.ts';
import type { DetachedProcesses } from './processes.ts';

/** One run of a container's health check; the number tells it from the others of the container. */
export interface HealthCheckRun {
  taskId: string;
  name: string;
  number: number;
}

export type HealthCheckStatus =
  | { state: 'unknown' }
  | { state: 'running' }
  /** `exitCode` is 0 for a container that is well; `output` is the end of what the check wrote. */
  | { state: 'exited'; exitCode?: number; output: string };

/** What a check runs, as it was when its container started. */
export interface PreparedCheck {
  command: [string, ...string[]];
  cwd: string;
  env: Record<string, string>;
}

/** Where a container keeps its files, and how it is named in the ids of processes. */
export interface CheckPlace {
  directory: string;
  /** `<task>-<hash of the name>` */
  key: string;
}

const LONGEST_OUTPUT = 4096;

/** Keeps beside a container what its checks run: they have the environment that it was started with. */
export function prepareCheck(directory: string, check: PreparedCheck): void {
  writeFileSync(join(directory, 'check.json'), JSON.stringify(check), { mode: 0o600 });
}

/**
 * Health checks of containers: a process each, in the container's root, with its environment, its standard output kept
 * apart from the container's. Once per number, whatever crashes in between.
 */
export class HealthChecks {
  readonly #processes: DetachedProcesses;
  readonly #place: (taskId: string, name: string) => CheckPlace;

  constructor(processes: DetachedProcesses, place: (taskId: string, name: string) => CheckPlace) {
    this.#processes = processes;
    this.#place = place;
  }

  /** Rejects with a sentence when the check cannot be started. */
  async start(run: HealthCheckRun): Promise<void> {
    const id = this.#id(run);
    if (this.#processes.status(id).state !== 'unknown') return;
    const { directory } = this.#place(run.taskId, run.name);
    const text = readIfThere(join(directory, 'check.json'));
    if (text === undefined) throw new Error(`container ${run.name} has no health check any more`);
    const output = this.#output(run);
    writeFileSync(output, '', { mode: 0o600 });
    await this.#processes.start({ ...(JSON.parse(text) as PreparedCheck), id, output });
  }

  status(run: HealthCheckRun): HealthCheckStatus {
    const status = this.#processes.status(this.#id(run));
    if (status.state !== 'exited') return { state: status.state };
    const { exitCode } = status;
    return { state: 'exited', ...(exitCode !== undefined && { exitCode }), output: this.#written(run) };
  }

  /** Ends a check that takes too long. */
  kill(run: HealthCheckRun): void {
    this.#processes.signal(this.#id(run), 'SIGKILL');
  }

  /** Removes what a check left that has ended. */
  forget(run: HealthCheckRun): void {
    const id = this.#id(run);
    if (this.#processes.status(id).state === 'exited') this.#processes.forget(id);
  }

  /** Ends all checks of a task and removes what they leave; those that still end are removed when they have. */
  forgetTask(taskId: string): void {
    for (const id of this.#processes.ids().filter(each => taskOfCheck(each) === taskId)) {
      if (this.#processes.status(id).state === 'running') this.#processes.signal(id, 'SIGKILL');
      else this.#processes.forget(id);
    }
  }

  #id({ taskId, name, number }: HealthCheckRun): string {
    return `check-${this.#place(taskId, name).key}-${number}`;
  }

  #output({ taskId, name }: HealthCheckRun): string {
    return join(this.#place(taskId, name).directory, 'check.log');
  }

  #written(run: HealthCheckRun): string {
    const file = this.#output(run);
    return existsSync(file) ? readFileSync(file, 'utf8').slice(-LONGEST_OUTPUT).trim() : '';
  }
}

/** The task whose health check a process is. */
export function taskOfCheck(processId: string): string | undefined {
  return /^check-([a-zA-Z0-9]+)-[0-9a-f]{12}-\d+$/.exec(processId)?.[1];
}
