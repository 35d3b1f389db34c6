import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Context } from '../../core/context.ts';
import { AwsError, messageOf } from '../../core/errors.ts';

/** An HTTP request to DynamoDB, for the worker. */
export interface Question {
  id: number;
  method: string;
  url: string;
  headers: Record<string, string>;
  body: Uint8Array;
}

export interface Answer {
  id: number;
  status: number;
  headers: Record<string, string>;
  body: string;
}

interface Waiting {
  resolve(answer: Answer): void;
  reject(error: Error): void;
}

/** The tables, kept by dynalite in LevelDB under `<state>/dynamodb`, in a thread that starts at the first question. */
export class Tables {
  readonly #context: Context;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #last = 0;

  constructor(context: Context) {
    this.#context = context;
  }

  /** Asks as an HTTP client would. Rejects when the thread died of it. */
  ask(question: Omit<Question, 'id'>): Promise<Answer> {
    const id = ++this.#last;
    const worker = this.#started();
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      worker.postMessage({ ...question, id });
    });
  }

  /** Calls one operation from inside the engine. Throws AwsError with DynamoDB's code. */
  async call(operation: string, input: object): Promise<Record<string, unknown>> {
    const answer = await this.ask({
      method: 'POST',
      url: '/',
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': `DynamoDB_20120810.${operation}`,
        'x-amz-date': '20260101T000000Z',
        authorization: 'AWS4-HMAC-SHA256 Credential=a/b/c/d/aws4_request, SignedHeaders=host, Signature=0',
      },
      body: Buffer.from(JSON.stringify(input)),
    });
    const output = JSON.parse(answer.body) as Record<string, unknown>;
    if (answer.status === 200) return output;
    const code = String(output.__type).split('#').at(-1)!;
    throw new AwsError(code, String(output.message ?? output.Message ?? code), answer.status);
  }

  /** Ends the thread; what was answered is on disk. */
  async close(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
    this.#fail(new Error('DynamoDB was closed'));
  }

  #started(): Worker {
    if (this.#worker) return this.#worker;
    const { account, region, state } = this.#context;
    const path = join(state, 'dynamodb');
    mkdirSync(path, { recursive: true });
    const worker = new Worker(new URL('./dynalite.ts', import.meta.url), {
      workerData: { path },
      env: { AWS_ACCOUNT_ID: account, AWS_REGION: region },
    });
    worker.unref();
    worker.on('message', (answer: Answer) => {
      this.#waiting.get(answer.id)?.resolve(answer);
      this.#waiting.delete(answer.id);
    });
    worker.on('error', error => {
      this.#context.log(`DynamoDB failed and starts again at the next request: ${messageOf(error)}`);
      if (this.#worker !== worker) return;
      this.#worker = undefined;
      this.#fail(new Error(`DynamoDB failed: ${messageOf(error)}`, { cause: error }));
    });
    this.#worker = worker;
    return worker;
  }

  #fail(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
