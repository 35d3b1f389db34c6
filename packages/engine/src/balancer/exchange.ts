import type { IncomingMessage, ServerResponse } from 'node:http';
import { PassThrough } from 'node:stream';
import type { Dispatcher } from 'undici';
import { answerError } from './answers.ts';
import type { Group } from './group.ts';
import { answerHeaders } from './headers.ts';
import { countAnswer } from './metrics.ts';
import type { Target } from './target.ts';

export interface ExchangeOptions {
  request: IncomingMessage;
  response: ServerResponse;
  group: Group;
  /** Path and query. */
  url: string;
  headers: string[];
  hasBody: boolean;
  idleTimeoutMs: number;
  /** Epoch milliseconds. */
  now(): number;
  /** Called once, when the answer has been handed over or has failed. */
  onEnd(target: Target | undefined): void;
}

/** A keep-alive connection may have been closed by the target while the request was on its way: once more, then. */
const MAX_TRIES = 3;
const IDEMPOTENT = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']);
const TIMEOUTS = new Set(['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT']);

/**
 * One request on its way to a target and its answer on the way back, both streamed. The head of the answer waits for
 * what arrives with it, so that a small answer leaves in one piece; it never waits for the next packet.
 */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly #options: ExchangeOptions;
  readonly #started: number;
  #target: Target | undefined;
  #controller: Dispatcher.DispatchController | undefined;
  #upload: PassThrough | undefined;
  #head: { status: number; text: string; headers: string[] } | undefined;
  #held: Buffer | undefined;
  #flushing = false;
  #tries = 0;
  #over = false;

  constructor(options: ExchangeOptions) {
    this.#options = options;
    this.#started = options.now();
  }

  /** Sends the request to the next target of the group; answers 503 when there is none. */
  start(): void {
    const { request, response, group, hasBody } = this.#options;
    group.metrics.requestCount++;
    response.on('close', this.#onClientGone);
    if (hasBody) {
      this.#upload = new PassThrough();
      request.pipe(this.#upload);
    }
    this.#dispatch();
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#over) controller.abort(new Error('the client has gone'));
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    _headers: unknown,
    text?: string,
  ): void {
    if (status < 200) return;
    countAnswer(this.#options.group.metrics, status, this.#options.now() - this.#started);
    this.#head = { status, text: text ?? '', headers: answerHeaders(controller.rawHeaders as Buffer[]) };
    this.#flushSoon();
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#held) this.#flush();
    this.#held = chunk;
    this.#flushSoon();
  }

  onResponseEnd(): void {
    const { response } = this.#options;
    if (this.#over || !this.#sendHead()) return;
    response.end(this.#held);
    this.#held = undefined;
    this.#finish();
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    if (this.#over) return;
    const { response, group } = this.#options;
    if (this.#mayTryAgain(error)) {
      this.#dispatch();
      return;
    }
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (response.headersSent) {
      response.destroy();
    } else {
      if (code === 'ECONNREFUSED' || code === 'UND_ERR_CONNECT_TIMEOUT')
        group.metrics.targetConnectionErrors++;
      this.#fail(TIMEOUTS.has(code) ? 504 : 502);
    }
    this.#finish();
  }

  /** The client let a whole idle timeout pass without a byte. Nothing happens while the target is the one to act. */
  onClientIdle(): void {
    const { request, response } = this.#options;
    if (!request.complete && !response.headersSent) {
      this.abandon();
      answerError(response, 408, true);
    } else if (response.writableNeedDrain) {
      request.socket.destroy();
    }
  }

  /** Gives up on the target: the client has gone, or what it sends makes no sense any more. */
  abandon(): void {
    if (this.#over) return;
    this.#finish();
    this.#controller?.abort(new Error('the client has gone'));
  }

  #dispatch(): void {
    const { request, group, url, headers, hasBody, idleTimeoutMs } = this.#options;
    this.#tries++;
    this.#head = undefined;
    this.#target = group.pick();
    if (!this.#target) {
      this.#fail(503);
      this.#finish();
      return;
    }
    const method = request.method as Dispatcher.HttpMethod;
    this.#target.pool.dispatch(
      {
        path: url,
        method,
        headers,
        body: hasBody ? this.#upload! : null,
        headersTimeout: idleTimeoutMs,
        bodyTimeout: idleTimeoutMs,
      },
      this,
    );
  }

  /**
   * Only for what a target closes between two requests: the connection had served before, nothing of an answer has
   * arrived, and the request may be made twice.
   */
  #mayTryAgain(error: Error): boolean {
    const { request, hasBody } = this.#options;
    if (this.#head || hasBody || this.#tries >= MAX_TRIES || !IDEMPOTENT.has(request.method ?? ''))
      return false;
    const { code, socket } = error as NodeJS.ErrnoException & { socket?: { bytesRead?: number } };
    return code === 'EPIPE' || (code === 'UND_ERR_SOCKET' && (socket?.bytesRead ?? 0) > 0);
  }

  #fail(status: 502 | 503 | 504): void {
    this.#options.group.metrics.elb5xx++;
    answerError(this.#options.response, status);
  }

  #flushSoon(): void {
    if (this.#flushing) return;
    this.#flushing = true;
    queueMicrotask(() => {
      this.#flushing = false;
      if (!this.#over) this.#flush();
    });
  }

  #flush(): void {
    const { response } = this.#options;
    if (!this.#sendHead()) return;
    if (this.#held === undefined) {
      response.flushHeaders();
      return;
    }
    const more = response.write(this.#held);
    this.#held = undefined;
    const controller = this.#controller;
    if (more || !controller || controller.paused) return;
    controller.pause();
    response.once('drain', () => {
      if (!this.#over) controller.resume();
    });
  }

  /** False when Node refuses to write what the target answered: that is a malformed answer. */
  #sendHead(): boolean {
    const { response } = this.#options;
    if (response.headersSent || !this.#head) return true;
    try {
      response.writeHead(this.#head.status, this.#head.text, this.#head.headers);
      return true;
    } catch (error) {
      this.#fail(502);
      this.#finish();
      this.#controller?.abort(error as Error);
      return false;
    }
  }

  readonly #onClientGone = (): void => this.abandon();

  #finish(): void {
    if (this.#over) return;
    this.#over = true;
    const { request, response } = this.#options;
    response.off('close', this.#onClientGone);
    if (this.#upload && !request.complete) {
      request.unpipe(this.#upload);
      request.resume();
    }
    this.#upload?.destroy();
    this.#options.onEnd(this.#target);
  }
}
