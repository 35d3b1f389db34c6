import { Agent, type IncomingMessage, request } from 'node:http';

/** A request that is sent as it stands: nothing is corrected on the way. */
export type RawRequest = {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
};

export type RawAnswer = {
  readonly status: number;
  readonly type: string;
  readonly headers: IncomingMessage['headers'];
  /** Of a stream of events nothing: it would not end. */
  readonly text: string;
};

/** Sends requests to one server, over connections that are kept. */
export type RawClient = Disposable & { readonly send: (asked: RawRequest) => Promise<RawAnswer> };

export function createRawClient(port: number): RawClient {
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  return {
    send: asked => send(asked, { host: '127.0.0.1', port, agent }),
    [Symbol.dispose]: () => agent.destroy(),
  };
}

function send(asked: RawRequest, server: { host: string; port: number; agent: Agent }): Promise<RawAnswer> {
  const { method, path, headers = {}, body } = asked;
  const { promise, resolve, reject } = Promise.withResolvers<RawAnswer>();
  const outgoing = request(
    { ...server, method, path, headers: { ...lengthOf(body), ...headers } },
    response => {
      const type = (response.headers['content-type'] ?? '').split(';')[0]!.trim();
      const answer = { status: response.statusCode!, type, headers: response.headers };
      if (type === 'text/event-stream') {
        outgoing.destroy();
        return resolve({ ...answer, text: '' });
      }
      let text = '';
      response.setEncoding('utf8');
      response.on('data', chunk => {
        text += chunk;
      });
      response.once('error', reject).once('end', () => resolve({ ...answer, text }));
    },
  );
  outgoing.once('error', reject).end(body);
  return promise;
}

function lengthOf(body: string | Uint8Array | undefined): Record<string, string> {
  return body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(body)) };
}
