import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, type FSWatcher, openSync, statSync, watch } from 'node:fs';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../core/clock.ts';
import { messageOf } from '../core/errors.ts';
import type { Processes, ProcessSpec, ProcessStatus } from '../core/processes.ts';
import { ProcessFiles } from './process-files.ts';
import { commandFor } from './shim.ts';

export interface ProcessesOptions {
  /** The engine's state directory; what is started is known by `<state>/processes/`. */
  state: string;
  clock: Clock;
}

/** The net under the file watcher, which also finds shims that were killed. */
const POLL_MS = 2000;
const CLAIM_WAIT_MS = 2000;

export interface DetachedProcesses extends Processes, Disposable {
  /** Ids that are known: running, exited and not forgotten, or about to start. */
  ids(): string[];
}

/**
 * Detached processes: started once per id whatever crashes in between, running on without the engine, adopted by the
 * next one. Exits are told for adopted processes too, and for those that ended while no engine ran.
 */
export function openProcesses(options: ProcessesOptions): DetachedProcesses {
  return new ShimProcesses(options);
}

class ShimProcesses implements DetachedProcesses {
  readonly #files: ProcessFiles;
  readonly #clock: Clock;
  readonly #listeners = new Set<(id: string) => void>();
  readonly #told = new Set<string>();
  readonly #watcher: FSWatcher;
  #stopPoll: () => void = () => {};
  #scanning = false;
  #closed = false;

  constructor({ state, clock }: ProcessesOptions) {
    this.#files = new ProcessFiles(state);
    this.#files.prepare();
    this.#clock = clock;
    this.#watcher = watch(this.#files.exits, () => this.#scanSoon()).unref();
    this.#watcher.on('error', () => {}); // The poll is the net.
    this.#poll();
  }

  async start(spec: ProcessSpec): Promise<ProcessStatus> {
    const before = this.status(spec.id);
    if (before.state !== 'unknown') return before;
    check(spec);
    this.#files.intend(spec.id);
    await this.#spawn(spec);
    return this.#claimed(spec.id);
  }

  status(id: string): ProcessStatus {
    return this.#files.status(id);
  }

  signal(id: string, signal: 'SIGTERM' | 'SIGKILL'): void {
    if (this.#files.signal(id, signal) && signal === 'SIGKILL') void this.#awaitDeath(id);
  }

  onExit(listener: (id: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  forget(id: string): void {
    if (this.status(id).state === 'running')
      throw new Error(`process ${id} still runs and cannot be forgotten`);
    this.#files.remove(id);
    this.#told.delete(id);
  }

  ids(): string[] {
    return this.#files.ids();
  }

  [Symbol.dispose](): void {
    this.#closed = true;
    this.#watcher.close();
    this.#stopPoll();
  }

  /** Resolves when a signal to the group reaches the command, or the shim has ended (another one was first). */
  async #spawn({ id, command, cwd, env, output }: ProcessSpec): Promise<void> {
    const argv = [this.#files.shim, this.#files.run(id), this.#files.exit(id), ...commandFor(command, env)];
    const out = openSync(output, 'a', 0o600);
    try {
      const child = spawn('/bin/sh', argv, { cwd, env, detached: true, stdio: ['ignore', out, out, 'pipe'] });
      child.unref();
      child.on('exit', () => this.#settleSoon(id));
      const ready = child.stdio[3] as Readable;
      ready.once('data', () => ready.destroy());
      const closed = once(ready, 'close');
      closed.catch(() => {});
      await once(child, 'spawn');
      await closed;
    } catch (error) {
      throw new Error(`starting ${command[0]}: ${messageOf(error)}`, { cause: error });
    } finally {
      closeSync(out);
    }
  }

  async #claimed(id: string): Promise<ProcessStatus> {
    for (let waited = 0; waited < CLAIM_WAIT_MS; waited += 5) {
      const status = this.status(id);
      if (status.state !== 'unknown') return status;
      await sleep(5);
    }
    throw new Error(`process ${id} was not claimed by its shim: is the state directory writable?`);
  }

  #poll(): void {
    this.#scanSoon();
    this.#stopPoll = this.#clock.at(this.#clock.now() + POLL_MS, () => this.#poll());
  }

  #scanSoon(): void {
    if (this.#scanning || this.#closed) return;
    this.#scanning = true;
    setImmediate(() => {
      this.#scanning = false;
      if (!this.#closed) this.#scan();
    });
  }

  #scan(): void {
    for (const id of this.#files.ids()) if (!this.#told.has(id)) this.#files.settle(id);
    for (const id of this.#files.exitedIds()) this.#tell(id);
  }

  #settleSoon(id: string): void {
    setImmediate(() => {
      if (this.#closed) return;
      this.#files.settle(id);
      this.#scanSoon();
    });
  }

  /** A killed shim writes nothing: look until it is gone, at most a few seconds, then the poll does. */
  async #awaitDeath(id: string): Promise<void> {
    for (let waited = 0; waited < 5000 && !this.#closed; waited += 10) {
      if (this.status(id).state !== 'running') return this.#settleSoon(id);
      await sleep(10, undefined, { ref: false });
    }
  }

  #tell(id: string): void {
    if (this.#told.has(id)) return;
    this.#told.add(id);
    for (const listener of [...this.#listeners]) listener(id);
  }
}

function check({ id, command, cwd, env }: ProcessSpec): void {
  if (!command[0].startsWith('/')) throw new Error(`process ${id}: "${command[0]}" is no absolute path`);
  const strings = [...command, ...Object.entries(env).flat()];
  if (strings.some(each => each.includes('\0')))
    throw new Error(`process ${id}: a NUL in command or environment`);
  if (Object.keys(env).some(name => name === '' || name.includes('='))) {
    throw new Error(`process ${id}: a variable's name is empty or holds "="`);
  }
  if (!statSync(cwd, { throwIfNoEntry: false })?.isDirectory())
    throw new Error(`process ${id}: no directory ${cwd}`);
}
