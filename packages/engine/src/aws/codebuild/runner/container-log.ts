import { writeSync } from 'node:fs';

/** Writes lines as CodeBuild's container does: `[Container] 2026/01/31 12:00:00.123000 …`, UTC. */
export class ContainerLog {
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Straight to stdout, which the commands write to as well, so that lines keep their order. */
  line(text: string): void {
    const time = new Date(this.#now())
      .toISOString()
      .replaceAll('-', '/')
      .replace('T', ' ')
      .replace('Z', '000');
    writeSync(1, `[Container] ${time} ${text}\n`);
  }
}
