import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ContainerLog } from './container-log.ts';
import { Aborted, PhaseFailure } from './failure.ts';
import { type EndStatus, PHASES_FILE, type Phase, type PhaseType } from './job.ts';

/** Keeps the phases in a file that the engine reads, and tells them in the log as CodeBuild does. */
export class Journal {
  readonly log: ContainerLog;
  readonly #directory: string;
  readonly #now: () => number;
  readonly #phases: Phase[] = [];

  constructor(options: { directory: string; log: ContainerLog; now: () => number }) {
    this.log = options.log;
    this.#directory = options.directory;
    this.#now = options.now;
  }

  /** Why the build failed: the first phase that did. */
  get failed(): Phase | undefined {
    return this.#phases.find(phase => phase.status !== undefined && phase.status !== 'SUCCEEDED');
  }

  /** Runs a phase. Returns whether it succeeded; throws {@link Aborted} on, once the phase is noted. */
  async phase(type: PhaseType, work: () => void | Promise<void>): Promise<boolean> {
    const phase: Phase = { type, start: this.#now() };
    this.#phases.push(phase);
    this.#write();
    this.log.line(`Entering phase ${type}`);
    try {
      await work();
      this.#end(phase, 'SUCCEEDED');
      return true;
    } catch (error) {
      if (error instanceof Aborted) {
        this.#end(phase, error.status, { code: `BUILD_${error.status}`, message: error.message });
        throw error;
      }
      const code = error instanceof PhaseFailure ? error.code : 'CLIENT_ERROR';
      this.#end(phase, 'FAILED', { code, message: error instanceof Error ? error.message : String(error) });
      return false;
    }
  }

  #end(phase: Phase, status: EndStatus, context?: { code: string; message: string }): void {
    Object.assign(phase, { end: this.#now(), status, ...(context && { context }) });
    this.#write();
    this.log.line(`Phase complete: ${phase.type} State: ${status}`);
    this.log.line(`Phase context status code: ${context?.code ?? ''} Message: ${context?.message ?? ''}`);
  }

  #write(): void {
    writeWhole(join(this.#directory, PHASES_FILE), JSON.stringify(this.#phases));
  }
}

/** The file appears whole or stays as it was. */
export function writeWhole(file: string, content: string): void {
  writeFileSync(`${file}.new`, content, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
