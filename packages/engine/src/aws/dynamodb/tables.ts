import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from '../../core/context.ts';
import { AwsError, messageOf } from '../../core/errors.ts';
import type { Processes } from '../../core/processes.ts';
import { socketPath } from '../../core/socket-path.ts';
import { type Answer, type Question, questionFor } from './question.ts';

export interface TablesOptions {
  processes: Processes;
  /** The absolute path of the Node that runs the process. */
  node: string;
}

const PROCESS_ID = 'tables';
const START_AGAIN_AFTER_MS = 1000;
const READY_EVERY_MS = 10;
const READY_TRIES = 1000;

/**
 * The process that keeps the tables, under `<state>/dynamodb`. It starts with the first question and outlives the engine:
 * tasks reach their items at an address of its own while an engine is killed and comes back.
 */
export class Tables {
  readonly #context: Context;
  readonly #options: TablesOptions;
  readonly #directory: string;
  readonly #stopWatching: () => void;
  #ready: Promise<void> | undefined;
  #closed = false;

  constructor(context: Context, options: TablesOptions) {
    this.#context = context;
    this.#options = options;
    this.#directory = join(context.state, 'dynamodb');
    this.#stopWatching = options.processes.onExit(id => {
      if (id === PROCESS_ID) this.#startAgain();
    });
  }

  /** Where tasks reach the tables by themselves; undefined as long as there are none. */
  address(): string | undefined {
    const file = join(this.#directory, 'port');
    return existsSync(file) ? `http://127.0.0.1:${readFileSync(file, 'utf8').trim()}` : undefined;
  }

  /** Adopts or starts the process when an earlier engine kept tables here. */
  open(): void {
    if (this.address() !== undefined) void this.#running().catch(() => undefined);
  }

  /** Asks as an HTTP client would. Rejects when the process died of it. */
  async ask(question: Question): Promise<Answer> {
    await this.#running();
    return send(this.#socket, question);
  }

  /** Calls one operation from inside the engine. Throws AwsError with DynamoDB's code. */
  async call(operation: string, input: object): Promise<Record<string, unknown>> {
    const answer = await this.ask(questionFor(operation, input));
    const output = JSON.parse(answer.body) as Record<string, unknown>;
    if (answer.status === 200) return output;
    const code = String(output.__type).split('#').at(-1)!;
    throw new AwsError(code, String(output.message ?? output.Message ?? code), answer.status);
  }

  /** Lets go of the process, which serves on. */
  close(): void {
    this.#closed = true;
    this.#stopWatching();
  }

  get #socket(): string {
    return socketPath(this.#directory, 'tables.sock');
  }

  #running(): Promise<void> {
    this.#ready ??= this.#start().catch(error => {
      this.#ready = undefined;
      throw error;
    });
    return this.#ready;
  }

  async #start(): Promise<void> {
    const { account, region, endpoint } = this.#context;
    const { processes, node } = this.#options;
    mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
    if (processes.status(PROCESS_ID).state === 'exited') processes.forget(PROCESS_ID);
    const main = join(import.meta.dirname, 'main.ts');
    await processes.start({
      id: PROCESS_ID,
      command: [node, '--no-warnings', main, '--directory', this.#directory, '--engine', endpoint()],
      cwd: this.#directory,
      env: { AWS_ACCOUNT_ID: account, AWS_REGION: region },
      output: join(this.#directory, 'tables.log'),
    });
    for (let tried = 0; tried < READY_TRIES; tried++) {
      if (processes.status(PROCESS_ID).state !== 'running') break;
      if (await isReady(this.#socket)) return;
      await sleep(READY_EVERY_MS);
    }
    throw new Error(`DynamoDB does not start; its log is ${join(this.#directory, 'tables.log')}`);
  }

  /** Tasks depend on it without asking the engine: it is started again when it ends, after a moment. */
  #startAgain(): void {
    if (this.#closed) return;
    this.#ready = undefined;
    const { clock, log } = this.#context;
    log('DynamoDB has ended and is started again');
    clock.at(clock.now() + START_AGAIN_AFTER_MS, () => {
      if (!this.#closed) void this.#running().catch(error => log(messageOf(error)));
    });
  }
}

function send(socketPath: string, { method, url, headers, body }: Question): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const failed = (error: Error) =>
      reject(new Error(`DynamoDB failed: ${messageOf(error)}`, { cause: error }));
    const asked = request({ socketPath, method, path: url, headers }, response => {
      const chunks: Buffer[] = [];
      response
        .on('data', (chunk: Buffer) => chunks.push(chunk))
        .on('error', failed)
        .on('end', () => {
          const pairs = Object.entries(response.headers).map(([name, value]) => [name, String(value)]);
          const body = Buffer.concat(chunks).toString('utf8');
          resolve({ status: response.statusCode ?? 500, headers: Object.fromEntries(pairs), body });
        });
    });
    asked.on('error', failed).end(body);
  });
}

function isReady(socketPath: string): Promise<boolean> {
  return send(socketPath, questionFor('ListTables', {})).then(
    ({ status }) => status === 200,
    () => false,
  );
}
