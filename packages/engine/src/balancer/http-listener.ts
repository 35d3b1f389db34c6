import { createServer, type IncomingMessage, type Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { answerError, answerFixed, answerRedirect, rawError } from './answers.ts';
import { Exchange } from './exchange.ts';
import type { Group } from './group.ts';
import { forwardedHeaders, type Inbound, readRequest } from './headers.ts';
import { bind, type Listener } from './listener.ts';
import { chooseAction, chooseGroup } from './rules.ts';
import type { Services } from './services.ts';
import type { ListenerEntry } from './table.ts';
import { forwardUpgrade } from './upgrade.ts';

/** Node counts request line and headers together; finer limits are checked after parsing. */
const MAX_HEAD_BYTES = 80 * 1024;

/** Serves the rules of a listener over HTTP/1.1. Rejects when the port cannot be had. */
export async function openHttpListener(
  entry: ListenerEntry,
  services: Services,
  preferredPort?: number,
): Promise<Listener> {
  const listener = new HttpListener(entry, services);
  await listener.open(preferredPort);
  return listener;
}

type Exchanged = Socket & { exchange?: Exchange | undefined };

class HttpListener implements Listener {
  port = 0;
  #entry: ListenerEntry;
  readonly #services: Services;
  readonly #server: Server;
  readonly #connections = new Set<Socket>();
  readonly #upgraded = new Set<Duplex>();
  #closing = false;

  constructor(entry: ListenerEntry, services: Services) {
    this.#entry = entry;
    this.#services = services;
    this.#server = createServer({
      maxHeaderSize: MAX_HEAD_BYTES,
      requestTimeout: 0,
      shouldUpgradeCallback: request => request.headers.upgrade?.toLowerCase() === 'websocket',
    } as Parameters<typeof createServer>[0])
      .on('connection', socket => this.#onConnection(socket))
      .on('request', (request, response) => this.#onRequest(request, response))
      .on('upgrade', (request, socket, head) => this.#onUpgrade(request, socket, head))
      .on('connect', (_request, socket: Duplex) => socket.end(rawError(400)))
      .on('clientError', (error, socket) => this.#onClientError(error, socket))
      .on('timeout', (socket: Exchanged) => {
        if (socket.exchange) socket.exchange.onClientIdle();
        else socket.destroy();
      });
    this.#server.maxHeadersCount = 0;
    this.update(entry);
  }

  async open(preferredPort?: number): Promise<void> {
    this.port = await bind(this.#server, this.#entry, preferredPort);
    this.#server.on('error', error => this.#services.log(`listener ${this.#entry.name}: ${error.message}`));
  }

  update(entry: ListenerEntry): void {
    this.#entry = entry;
    this.#server.timeout = entry.idleTimeoutMs;
    this.#server.keepAliveTimeout = entry.idleTimeoutMs;
    this.#server.headersTimeout = entry.idleTimeoutMs;
  }

  close(): Promise<void> {
    this.#closing = true;
    const closed = new Promise<void>(resolve => this.#server.close(() => resolve()));
    // Node closes connections between two requests, but not those that browsers open in advance.
    for (const socket of this.#connections) if (socket.bytesRead === 0) socket.destroy();
    const tunnels = [...this.#upgraded].map(socket => new Promise(resolve => socket.once('close', resolve)));
    return Promise.all([closed, ...tunnels]).then(() => {});
  }

  cut(): void {
    this.#server.closeAllConnections();
    for (const socket of this.#upgraded) socket.destroy();
  }

  #onConnection(socket: Socket): void {
    this.#connections.add(socket);
    socket.once('close', () => this.#connections.delete(socket));
  }

  #onRequest(request: IncomingMessage, response: ServerResponse): void {
    if (this.#closing) response.shouldKeepAlive = false;
    const inbound = readRequest(request, this.#entry.dropInvalidHeaders);
    const group = this.#route(inbound, response);
    if (!group || typeof inbound === 'number') return;
    const started = this.#services.clock.now();
    const socket = request.socket as Exchanged;
    const exchange = new Exchange({
      request,
      response,
      group,
      url: inbound.url,
      headers: this.#headers(inbound, request),
      hasBody: inbound.hasBody,
      idleTimeoutMs: this.#entry.idleTimeoutMs,
      now: () => this.#services.clock.now(),
      onEnd: target => {
        if (socket.exchange === exchange) socket.exchange = undefined;
        const at = target ? `${target.entry.address}:${target.entry.port}` : '-';
        this.#record(inbound, request, response, started, at);
      },
    });
    socket.exchange = exchange;
    exchange.start();
  }

  #onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    const response = new ServerResponse(request);
    response.shouldKeepAlive = false;
    response.assignSocket(socket as Socket);
    response.on('finish', () => socket.end());
    const inbound = readRequest(request, this.#entry.dropInvalidHeaders);
    const group = this.#route(inbound, response);
    if (!group || typeof inbound === 'number') return;
    this.#upgraded.add(socket);
    socket.once('close', () => this.#upgraded.delete(socket));
    const { idleTimeoutMs } = this.#entry;
    const headers = this.#headers(inbound, request);
    forwardUpgrade({
      request,
      response,
      socket,
      head,
      group,
      url: inbound.url,
      headers,
      idleTimeoutMs,
    });
  }

  /** The group that a request goes to; answers it here when it goes to none, or is refused with a status. */
  #route(inbound: Inbound | number, response: ServerResponse): Group | undefined {
    if (typeof inbound === 'number') {
      answerError(response, inbound, true);
      return;
    }
    const action = chooseAction(this.#entry.rules, inbound);
    if (action?.type === 'fixed-response') answerFixed(response, action);
    else if (action?.type === 'redirect') answerRedirect(response, action, inbound, this.port);
    else {
      const choice = action && chooseGroup(action.groups, this.#services.random);
      const group = choice && this.#services.group(choice.key);
      if (group) return group;
      answerError(response, 503);
    }
  }

  #headers(inbound: Inbound, request: IncomingMessage): string[] {
    const { clock, random } = this.#services;
    const client = request.socket.remoteAddress?.replace(/^::ffff:/, '') ?? '-';
    return forwardedHeaders(inbound, { client, port: this.port, now: clock.now(), nonce: nonce(random) });
  }

  #record(
    { method, path }: Inbound,
    request: IncomingMessage,
    response: ServerResponse,
    time: number,
    target: string,
  ): void {
    this.#services.accessLog.add({
      time,
      listener: this.#entry.name,
      client: `${request.socket.remoteAddress ?? '-'}:${request.socket.remotePort ?? '-'}`,
      method,
      path,
      status: response.headersSent ? response.statusCode : 460,
      target,
      durationMs: this.#services.clock.now() - time,
    });
    if (this.#closing) setImmediate(() => this.#server.closeIdleConnections());
  }

  /** A request that could not be parsed, or whose body went wrong halfway. */
  #onClientError(error: NodeJS.ErrnoException, socket: Duplex): void {
    const { exchange } = socket as Exchanged;
    const answering = (socket as { _httpMessage?: ServerResponse })._httpMessage?.headersSent ?? false;
    if (error.code === 'ECONNRESET' || !socket.writable || answering) {
      socket.destroy();
      return;
    }
    exchange?.abandon();
    socket.end(rawError(error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400), () => socket.destroy());
  }
}

/** 24 hexadecimal digits. */
function nonce(random: () => number): string {
  const half = (): string =>
    Math.floor(random() * 2 ** 48)
      .toString(16)
      .padStart(12, '0');
  return half() + half();
}
