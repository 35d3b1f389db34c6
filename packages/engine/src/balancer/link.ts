import { mkdirSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Clock } from '../core/clock.ts';
import { messageOf } from '../core/errors.ts';
import type { Processes } from '../core/processes.ts';
import { socketPath } from '../core/socket-path.ts';
import { type Report, type Request, readMessages, sendMessage } from './messages.ts';

export interface LinkOptions {
  /** The engine's state directory; the balancer uses `<state>/balancer/`. */
  state: string;
  processes: Processes;
  clock: Clock;
  /** The absolute path of the Node that runs the balancer. */
  node: string;
  log(line: string): void;
}

export interface LinkEvents {
  onReport(report: Report): void;
  onLost(): void;
}

const PROCESS_ID = 'balancer';
const KILL_AFTER_MS = 8000;
const RETRY_MS = 20;
const RETRY_AFTER_FAULT_MS = 1000;

/** A connection to the balancer's process that is kept up: started when it does not run, again when it has died. */
export class Link {
  readonly #options: LinkOptions;
  readonly #directory: string;
  readonly #events: LinkEvents;
  #socket: Socket | undefined;
  #cancelRetry: (() => void) | undefined;
  #reviving: Promise<void> | undefined;
  #closed = true;

  constructor(options: LinkOptions, events: LinkEvents) {
    this.#options = options;
    this.#directory = join(options.state, 'balancer');
    this.#events = events;
  }

  get closed(): boolean {
    return this.#closed;
  }

  open(): void {
    this.#closed = false;
    mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
    this.#connect();
  }

  /** Says it to the balancer if it is connected. */
  send(request: Request): void {
    if (this.#socket) sendMessage(this.#socket, request);
  }

  /** Lets go of the balancer, which serves on. */
  close(): void {
    this.#closed = true;
    this.#cancelRetry?.();
    this.#socket?.destroy();
  }

  /** Ends the balancer's process. Resolves when it has exited: it cuts off what still runs after 5 s. */
  async shutdown(): Promise<void> {
    this.close();
    await this.#reviving; // It may be about to start one.
    const { processes, clock } = this.#options;
    if (processes.status(PROCESS_ID).state === 'running') {
      await new Promise<void>(resolve => {
        const cancel = clock.at(clock.now() + KILL_AFTER_MS, () => processes.signal(PROCESS_ID, 'SIGKILL'));
        const stop = processes.onExit(id => {
          if (id !== PROCESS_ID) return;
          stop();
          cancel();
          resolve();
        });
        processes.signal(PROCESS_ID, 'SIGTERM');
      });
    }
    if (processes.status(PROCESS_ID).state === 'exited') processes.forget(PROCESS_ID);
  }

  #connect(): void {
    if (this.#closed) return;
    const socket = connect(socketPath(this.#directory, 'balancer.sock'));
    let connected = false;
    socket.on('error', () => {});
    socket.once('connect', () => {
      connected = true;
    });
    socket.once('close', () => {
      this.#events.onLost();
      if (connected) this.#connect();
      else this.#reviving = this.#revive();
    });
    readMessages<Report>(socket, report => this.#events.onReport(report));
    this.#socket = socket;
  }

  /** Nobody answers: makes sure that the process runs and tries again soon. */
  async #revive(): Promise<void> {
    const { clock, log } = this.#options;
    let delay = RETRY_MS;
    try {
      if (!this.#closed) delay = await this.#ensureRunning();
    } catch (error) {
      log(`starting the balancer: ${messageOf(error)}`);
      delay = RETRY_AFTER_FAULT_MS;
    }
    if (!this.#closed) this.#cancelRetry = clock.at(clock.now() + delay, () => this.#connect());
  }

  /** Milliseconds until it is worth connecting again: longer when it ended by itself, so that a fault does not spin. */
  async #ensureRunning(): Promise<number> {
    const { processes, node, log } = this.#options;
    const status = processes.status(PROCESS_ID);
    if (status.state === 'running') return RETRY_MS;
    if (status.state === 'exited') {
      log(`the balancer has ended (exit code ${status.exitCode ?? 'unknown'}) and is started again`);
      processes.forget(PROCESS_ID);
    }
    const main = join(import.meta.dirname, 'main.ts');
    await processes.start({
      id: PROCESS_ID,
      command: [node, '--no-warnings', main, '--state', this.#directory],
      cwd: this.#directory,
      env: {},
      output: join(this.#directory, 'balancer.log'),
    });
    const isFault = status.state === 'exited' && (status.exitCode ?? 0) < 128;
    return isFault ? RETRY_AFTER_FAULT_MS : RETRY_MS;
  }
}
