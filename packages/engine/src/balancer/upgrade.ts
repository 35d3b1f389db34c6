import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Dispatcher } from 'undici';
import { answerError } from './answers.ts';
import type { Group } from './group.ts';
import { answerHeaders } from './headers.ts';
import type { Target } from './target.ts';

export interface UpgradeOptions {
  request: IncomingMessage;
  /** For an answer that is no upgrade; it owns the client's socket until `detachSocket`. */
  response: ServerResponse;
  socket: Duplex;
  /** What the client sent right behind its request. */
  head: Buffer;
  group: Group;
  url: string;
  headers: string[];
  idleTimeoutMs: number;
}

/** Asks a target to upgrade and, if it does, joins the two connections until one side ends or both stay idle. */
export function forwardUpgrade(options: UpgradeOptions): void {
  const { request, response, group, url, headers, idleTimeoutMs } = options;
  group.metrics.requestCount++;
  const target = group.pick();
  if (!target) {
    group.metrics.elb5xx++;
    answerError(response, 503, true);
    return;
  }
  let controller: Dispatcher.DispatchController | undefined;
  response.on('close', () => {
    if (!response.writableFinished) controller?.abort(new Error('the client has gone'));
  });
  target.pool.dispatch(
    {
      path: url,
      method: request.method as Dispatcher.HttpMethod,
      headers,
      upgrade: request.headers.upgrade ?? 'websocket',
      headersTimeout: idleTimeoutMs,
      bodyTimeout: idleTimeoutMs,
    },
    {
      onRequestStart: started => {
        controller = started;
        if (response.destroyed) started.abort(new Error('the client has gone'));
      },
      onRequestUpgrade: (started, status, _headers, upstream) => {
        controller = undefined;
        joinUpgraded(options, target, upstream, { status, raw: started.rawHeaders as Buffer[] });
      },
      onResponseStart: (started, status, _headers, text) => {
        if (status < 200) return;
        const raw = answerHeaders(started.rawHeaders as Buffer[]);
        response.writeHead(status, text ?? '', [...raw, 'Connection', 'close']);
      },
      onResponseData: (started, chunk) => {
        if (response.write(chunk)) return;
        started.pause();
        response.once('drain', () => started.resume());
      },
      onResponseEnd: () => void response.end(),
      onResponseError: (_started, error) => {
        const code = (error as NodeJS.ErrnoException).code ?? '';
        if (response.headersSent) response.destroy();
        else answerError(response, code.endsWith('_TIMEOUT') ? 504 : 502, true);
      },
    },
  );
}

function joinUpgraded(
  { response, socket, head, idleTimeoutMs }: UpgradeOptions,
  target: Target,
  upstream: Duplex,
  { status, raw }: { status: number; raw: Buffer[] },
): void {
  response.detachSocket(socket as Parameters<ServerResponse['detachSocket']>[0]);
  const lines = [`HTTP/1.1 ${status} Switching Protocols`];
  for (let n = 0; n < raw.length; n += 2)
    lines.push(`${raw[n]!.toString('latin1')}: ${raw[n + 1]!.toString('latin1')}`);
  socket.write(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
  if (head.length > 0) upstream.write(head);
  target.addTunnel(upstream);
  joinSockets(socket, upstream, idleTimeoutMs);
  // A WebSocket is never half closed: the end of one side is the end of both.
  socket.on('end', () => upstream.end(() => upstream.destroy()));
  upstream.on('end', () => socket.end(() => socket.destroy()));
}

/** Pipes two connections into each other; when one fails or both stay idle, both end. */
export function joinSockets(one: Duplex, other: Duplex, idleTimeoutMs: number): void {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    from.pipe(to);
    from.on('error', () => to.destroy());
    from.on('close', () => to.destroy());
    (from as Duplex & { setTimeout?(ms: number, run: () => void): void }).setTimeout?.(idleTimeoutMs, () => {
      one.destroy();
      other.destroy();
    });
  }
}
