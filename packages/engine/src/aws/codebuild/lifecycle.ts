import type { Context } from '../../core/context.ts';
import type { Controller } from '../../core/controllers.ts';
import { AwsError, messageOf } from '../../core/errors.ts';
import { phaseChange, stateChange } from './events.ts';
import { closed, RUNNER_PHASES } from './phases.ts';
import type { CodeBuildPorts } from './ports.ts';
import { nextInQueue } from './queue.ts';
import { keepReports } from './reports.ts';
import type { EndStatus, Phase, Result } from './runner/job.ts';
import type { Build, Tables } from './tables.ts';
import { clear, placeOf, prepare, readPhases, readResult } from './workplace.ts';

/** How often a running build is looked at although nothing was announced. */
const LOOK_AGAIN_MS = 1000;
/** How long a build may take to end after SIGTERM. */
const STOP_GRACE_MS = 15_000;
const MOST_ATTEMPTS = 2;

export interface Ending {
  status: EndStatus;
  message?: string;
  end: number;
  exportedVariables?: Record<string, string>;
  reports?: string[];
}

/** Takes builds through their phases: queued, running in a process of their own, ended, cleared away. */
export class Lifecycle implements Controller {
  readonly name = 'codebuild.builds';
  readonly #context: Context;
  readonly #ports: CodeBuildPorts;
  readonly #tables: Tables;
  readonly #onRunning: (build: Build) => void;

  constructor(context: Context, ports: CodeBuildPorts, tables: Tables, onRunning: (build: Build) => void) {
    this.#context = context;
    this.#ports = ports;
    this.#tables = tables;
    this.#onRunning = onRunning;
  }

  active(): string[] {
    return this.#tables.active.keys();
  }

  async step(id: string): Promise<number | undefined> {
    const build = this.#tables.builds.get(id);
    if (!build) {
      this.#tables.active.delete(id);
      return undefined;
    }
    if (build.status !== 'IN_PROGRESS') return this.#clearAway(build);
    if (build.process === undefined) return this.#waitForPlace(build);
    return this.#look(build);
  }

  #waitForPlace(build: Build): number | undefined {
    const now = this.#context.clock.now();
    const until = build.start + build.definition.queuedTimeoutMinutes * 60_000;
    if (build.stopped !== undefined)
      this.#end(build, { status: 'STOPPED', message: 'Build was stopped', end: now });
    else if (now >= until)
      this.#end(build, { status: 'TIMED_OUT', message: 'Build has timed out in the queue', end: now });
    else if (nextInQueue(this.#open(), this.#ports.options.concurrency)?.id === build.id) this.#begin(build);
    else return until;
    return undefined;
  }

  #open(): Build[] {
    return this.active().flatMap(id => this.#tables.builds.get(id) ?? []);
  }

  /** Names the process that is to be started; the next step starts it. */
  #begin(build: Build): void {
    this.#change(build, {
      process: `build-${build.id.split(':')[1]}-${build.attempt}`,
      phase: 'PROVISIONING',
      phases: [
        ...closed(build.phases, this.#context.clock.now()),
        { type: 'PROVISIONING', start: this.#context.clock.now() },
      ],
    });
  }

  async #look(build: Build): Promise<number | undefined> {
    const directory = placeOf(this.#context, build);
    const process = this.#ports.processes.status(build.process!);
    const result = process.state === 'unknown' ? undefined : readResult(directory);
    if (result) {
      await this.#complete(build, result);
      return undefined;
    }
    if (process.state === 'unknown')
      return build.stopped === undefined ? this.#launch(build) : this.#interrupted(build);
    if (process.state === 'exited') return this.#interrupted(build);
    this.#onRunning(build);
    this.#observe(build, readPhases(directory));
    return this.#stopIfAsked(build);
  }

  async #launch(build: Build): Promise<number | undefined> {
    try {
      const spec = await prepare(this.#context, this.#ports, build);
      await this.#ports.processes.start(spec);
    } catch (error) {
      const known = error instanceof AwsError;
      const message = known
        ? `${error.code}: ${error.message}`
        : `the build could not be started: ${messageOf(error)}`;
      this.#end(build, { status: known ? 'FAILED' : 'FAULT', message, end: this.#context.clock.now() });
      return undefined;
    }
    return this.#context.clock.now();
  }

  /** The runner's phases become the build's; each completed one is told once, in the transaction that notes it. */
  #observe(build: Build, seen: Phase[]): void {
    if (seen.length === 0) return;
    const before = build.phases.filter(phase => !RUNNER_PHASES.includes(phase.type));
    const phases = [...closed(before, seen[0]!.start), ...seen];
    this.#change(build, { phases, phase: seen.at(-1)!.type });
  }

  /** SIGTERM once, SIGKILL for what is still there after the grace. */
  #stopIfAsked({ id, process, stopped, signalled }: Build): number {
    const now = this.#context.clock.now();
    if (stopped === undefined) return now + LOOK_AGAIN_MS;
    if (!signalled) {
      this.#tables.builds.update(id, build => ({ ...build, signalled: true }));
      this.#ports.processes.signal(process!, 'SIGTERM');
    }
    if (now < stopped + STOP_GRACE_MS) return stopped + STOP_GRACE_MS;
    this.#ports.processes.signal(process!, 'SIGKILL');
    return now + LOOK_AGAIN_MS;
  }

  /** The process is gone and left no result: killed, or the machine was switched off. */
  #interrupted(build: Build): undefined {
    const end = this.#context.clock.now();
    if (build.stopped !== undefined) {
      this.#end(build, { status: 'STOPPED', message: 'Build was stopped', end });
    } else if (build.attempt >= MOST_ATTEMPTS) {
      const message = `the build's process vanished ${build.attempt} times without a result; was it killed, or is the machine out of memory?`;
      this.#end(build, { status: 'FAULT', message, end });
    } else {
      this.#context.log(`build ${build.id} was interrupted and starts again`);
      const { process, ...rest } = build;
      const phases = build.phases.filter(phase => phase.type === 'SUBMITTED' || phase.type === 'QUEUED');
      this.#tables.builds.put(build.id, { ...rest, attempt: build.attempt + 1, phase: 'QUEUED', phases });
      this.#ports.processes.forget(process!);
    }
  }

  async #complete(build: Build, result: Result): Promise<void> {
    const directory = placeOf(this.#context, build);
    this.#observe(build, readPhases(directory));
    const observed = this.#tables.builds.get(build.id)!;
    try {
      for (const output of build.outputs) await this.#keep(output, result);
    } catch (error) {
      const message = `UPLOAD_ARTIFACTS: CLIENT_ERROR: ${messageOf(error)}`;
      this.#end(observed, { status: 'FAILED', message, end: result.end });
      return;
    }
    const { status, message, end, exportedVariables } = result;
    this.#context.store.transaction(() => {
      const reports = keepReports(this.#context, this.#tables, observed, result.reports);
      this.#end(observed, {
        status,
        ...(message !== undefined && { message }),
        end,
        exportedVariables,
        reports,
      });
    });
  }

  /** The artifact goes into the bucket. A crash in between finds the file moved already, which is as good. */
  async #keep(output: Build['outputs'][number], { artifacts, status }: Result): Promise<void> {
    const artifact = artifacts.find(each => each.name === output.name);
    if (!artifact) {
      if (status === 'SUCCEEDED') throw new Error(`the build made no artifact ${output.name}`);
      return;
    }
    try {
      await this.#ports.artifacts.putObject(output.bucket, output.key, artifact.file);
    } catch (error) {
      const there = this.#ports.artifacts.getObject(output.bucket, output.key);
      await there.catch(() => Promise.reject(error));
    }
  }

  #end(build: Build, { status, message, end, exportedVariables, reports }: Ending): void {
    const failure = status === 'SUCCEEDED' || message === undefined ? {} : { message };
    this.#change(build, {
      status,
      phase: 'COMPLETED',
      phases: [...closed(build.phases, end, status, message), { type: 'COMPLETED', start: end, end }],
      end,
      ...failure,
      exportedVariables: exportedVariables ?? {},
      reports: reports ?? [],
    });
  }

  /** Writes a change with the events that it is. */
  #change(build: Build, change: Partial<Build>): void {
    this.#context.store.transaction(() => {
      const before = this.#tables.builds.get(build.id) ?? build;
      const next = { ...before, ...change };
      this.#tables.builds.put(build.id, next);
      const told = new Set(
        before.phases.filter(phase => phase.status !== undefined).map(phase => phase.type),
      );
      for (const phase of next.phases) {
        const over = phase.status !== undefined && !told.has(phase.type);
        if (over) this.#context.store.events.append(phaseChange(next, phase));
      }
      if (next.status !== before.status) this.#context.store.events.append(stateChange(next));
    });
  }

  async #clearAway(build: Build): Promise<number | undefined> {
    if (build.process !== undefined) {
      const { state } = this.#ports.processes.status(build.process);
      if (state === 'running') return this.#context.clock.now() + LOOK_AGAIN_MS;
      await clear(placeOf(this.#context, build));
      if (state === 'exited') this.#ports.processes.forget(build.process);
    }
    this.#tables.active.delete(build.id);
    return undefined;
  }
}
