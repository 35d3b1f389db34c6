import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProcessStatus } from '../core/processes.ts';
import { type Identity, isAlive, killLeftovers, parseClaim, readIfThere, signalSession } from './identity.ts';
import { SHIM } from './shim.ts';

/** What a claim says when the id was given up before anything ran. */
const REAPED = 'reaped\n';

/**
 * The files behind detached processes, all that a dead engine leaves:
 * `<state>/processes/run/<id>/claim` (who runs), `…/killed` (SIGKILL was sent) and `<state>/processes/exit/<id>`
 * (the exit code, or `lost`).
 */
export class ProcessFiles {
  readonly shim: string;
  readonly exits: string;
  readonly #runs: string;
  /** A complete claim never changes. */
  readonly #claims = new Map<string, Identity>();

  constructor(state: string) {
    const root = join(state, 'processes');
    this.shim = join(root, 'shim.sh');
    this.exits = join(root, 'exit');
    this.#runs = join(root, 'run');
  }

  /** Makes the directories and the shim. A shim that runs keeps the file it was started from. */
  prepare(): void {
    mkdirSync(this.#runs, { recursive: true, mode: 0o700 });
    mkdirSync(this.exits, { recursive: true, mode: 0o700 });
    writeFileSync(`${this.shim}.new`, SHIM, { mode: 0o600 });
    renameSync(`${this.shim}.new`, this.shim);
  }

  run(id: string): string {
    if (!/^[a-zA-Z0-9-]{1,128}$/.test(id)) throw new Error(`"${id}" is no process id`);
    return join(this.#runs, id);
  }

  exit(id: string): string {
    return join(this.exits, id);
  }

  ids(): string[] {
    return listDirectory(this.#runs);
  }

  exitedIds(): string[] {
    return listDirectory(this.exits);
  }

  intend(id: string): void {
    mkdirSync(this.run(id), { recursive: true, mode: 0o700 });
  }

  status(id: string): ProcessStatus {
    const identity = this.#identity(id);
    if (identity && isAlive(identity) && !this.#exited(id)) return { state: 'running', pid: identity.pid };
    const exited = this.#exited(id);
    if (exited) return exited;
    if (identity) return { state: 'exited', ...(this.#wasKilled(id) ? { exitCode: 137 } : {}) };
    return this.#claim(id) === REAPED ? { state: 'exited' } : { state: 'unknown' };
  }

  /** Signals what runs under `id`; true when there was something to signal. */
  signal(id: string, signal: 'SIGTERM' | 'SIGKILL'): boolean {
    const identity = this.#identity(id);
    if (!identity || this.#exited(id) || !isAlive(identity)) return false;
    if (signal === 'SIGKILL') writeFileSync(join(this.run(id), 'killed'), '');
    signalSession(identity.pid, signal);
    return true;
  }

  /** Takes the id so that a shim that comes late starts nothing; false when a process has it already. */
  giveUp(id: string): boolean {
    try {
      writeFileSync(join(this.run(id), 'claim'), REAPED, { flag: 'wx' });
      return true;
    } catch {
      return false;
    }
  }

  /** Writes the exit file of a shim that could not (killed, or lost with the machine) and ends what it left behind. */
  settle(id: string): void {
    const status = this.status(id);
    if (status.state !== 'exited' || this.#exited(id)) return;
    const identity = this.#identity(id);
    if (identity) killLeftovers(identity);
    const file = join(this.run(id), 'settled');
    writeFileSync(file, `${status.exitCode ?? 'lost'}\n`);
    renameSync(file, this.exit(id));
  }

  remove(id: string): void {
    this.#claims.delete(id);
    rmSync(this.run(id), { recursive: true, force: true });
    rmSync(this.exit(id), { force: true });
  }

  #identity(id: string): Identity | undefined {
    const known = this.#claims.get(id);
    if (known) return known;
    const identity = parseClaim(this.#claim(id) ?? '');
    if (identity) this.#claims.set(id, identity);
    return identity;
  }

  #claim(id: string): string | undefined {
    return readIfThere(join(this.run(id), 'claim'));
  }

  #wasKilled(id: string): boolean {
    return readIfThere(join(this.run(id), 'killed')) !== undefined;
  }

  #exited(id: string): ProcessStatus | undefined {
    const text = readIfThere(this.exit(id));
    if (text === undefined) return undefined;
    const code = Number.parseInt(text, 10);
    return { state: 'exited', ...(Number.isNaN(code) ? {} : { exitCode: code }) };
  }
}

function listDirectory(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
