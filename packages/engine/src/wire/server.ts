import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Api, Caller, RawFace, RestApi } from '../core/api.ts';
import { AwsError, messageOf } from '../core/errors.ts';
import { answerJson, answerJsonError, readJsonCall } from './json.ts';
import { answerQuery, answerQueryError, readQueryCall } from './query.ts';
import { answerRest, answerRestError, matchRoute } from './rest.ts';
import { readScope } from './scope.ts';

/** Larger API requests are refused; uploads go to raw faces, which set their own limits. */
const MAX_REQUEST_BYTES = 8 * 1024 * 1024;

export interface WireOptions {
  apis: (Api | RestApi)[];
  faces: RawFace[];
  account: string;
  /** A bug: something other than an AwsError was thrown. */
  onError(error: unknown, operation: string): void;
}

export interface Wire {
  /** Listens on 127.0.0.1 only. Rejects with the socket's error (EADDRINUSE) when the port is taken. */
  listen(port: number): Promise<AddressInfo>;
  close(): Promise<void>;
}

/** The one endpoint: signed requests go by their credential scope, raw faces by scope or by path. */
export function createWire(options: WireOptions): Wire {
  const apis = new Map(options.apis.map(api => [api.service, api]));
  const server = createServer((request, response) => {
    void handle(request, response).catch(error => fail(request, response, error, options));
  });
  server.requestTimeout = 0;

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    refuseForeignPages(request);
    const path = request.url ?? '/';
    const byPath = options.faces.find(face => face.prefix && path.startsWith(face.prefix));
    if (byPath) return byPath.handle(request, response);
    const scope = readScope(request);
    const byScope = options.faces.find(face => face.service && face.service === scope?.service);
    if (byScope) return byScope.handle(request, response);
    if (!scope)
      throw new AwsError('MissingAuthenticationToken', 'Request is missing Authentication Token', 403);
    const api = apis.get(scope.service);
    if (!api) throw notCarriedOut(scope.service);
    const caller: Caller = { region: scope.region, account: options.account, accessKeyId: scope.accessKeyId };
    if (api.protocol === 'rest-json') await callRest(api, caller, request, response);
    else await callApi(api, caller, request, response);
  };

  const callApi = async (api: Api, caller: Caller, request: IncomingMessage, response: ServerResponse) => {
    const body = await readBody(request);
    const json = api.protocol !== 'query';
    const call = json ? readJsonCall(request, body) : readQueryCall(body);
    try {
      const operation = Object.hasOwn(api.operations, call.operation)
        ? api.operations[call.operation]
        : undefined;
      if (!operation) throw notCarriedOut(`${api.service} ${call.operation}`);
      const output = (await operation(call.input, caller)) ?? {};
      if (json) answerJson(response, output, api.protocol);
      else answerQuery(response, call.operation, output, api.xmlns ?? '');
    } catch (error) {
      const known = asAwsError(error, `${api.service} ${call.operation}`, options);
      if (json) answerJsonError(response, known, api.protocol);
      else answerQueryError(response, known, api.xmlns ?? '');
    }
  };

  const callRest = async (
    api: RestApi,
    caller: Caller,
    request: IncomingMessage,
    response: ServerResponse,
  ) => {
    try {
      const found = matchRoute(api, request);
      if (!found) throw notCarriedOut(`${api.service} ${request.method} ${request.url}`);
      const { route, path, query } = found;
      const header = (name: string): string | undefined => {
        const value = request.headers[name];
        return Array.isArray(value) ? value[0] : value;
      };
      const body = await readBody(request);
      answerRest(response, await route.answer({ path, query, header, body }, caller));
    } catch (error) {
      answerRestError(response, asAwsError(error, `${api.service} ${request.method}`, options));
    }
  };

  return {
    listen: port => listen(server, port),
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, port: number): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server.address() as AddressInfo));
  });
}

/** A page in the user's browser must not be able to operate the engine by a cross-site request. */
function refuseForeignPages(request: IncomingMessage): void {
  const { origin, host } = request.headers;
  const named = host?.replace(/:\d+$/, '') ?? '';
  const loopback = /^(127(\.\d+){3}|localhost|\[::1\])$/.test(named) || named.endsWith('.localhost');
  if (!loopback || (origin !== undefined && origin !== `http://${host}`)) {
    throw new AwsError('AccessDenied', 'the engine answers its own machine only', 403);
  }
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const length = Number(request.headers['content-length'] ?? 0);
  if (length > MAX_REQUEST_BYTES)
    throw new AwsError('RequestEntityTooLarge', 'the request is too large', 413);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > MAX_REQUEST_BYTES)
      throw new AwsError('RequestEntityTooLarge', 'the request is too large', 413);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function notCarriedOut(what: string): AwsError {
  return new AwsError('NotImplemented', `${what} is not carried out locally`, 501);
}

function asAwsError(error: unknown, operation: string, options: WireOptions): AwsError {
  if (error instanceof AwsError) return error;
  options.onError(error, operation);
  return new AwsError('InternalFailure', `the engine failed in ${operation}: ${messageOf(error)}`, 500);
}

/** Answers in the protocol that the request speaks. */
function fail(
  request: IncomingMessage,
  response: ServerResponse,
  error: unknown,
  options: WireOptions,
): void {
  const known = asAwsError(error, 'a request', options);
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const isForm = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded');
  if (isForm) answerQueryError(response, known, '');
  else answerJsonError(response, known, 'json-1.1');
}
