import type { IncomingMessage, ServerResponse } from 'node:http';
import { etagOf, isKnown } from './etag.ts';
import { dataHeaders, pageHeaders } from './headers.ts';
import { describeProblem, Problem, renderProblem } from './problem.ts';
import { contextOf } from './request-context.ts';
import type { Answer, Reply, ReplyHeaders } from './route.ts';

type Headers = string[];

/** Sends the answer that a handler returned; a GET that the client knows already is a 304. */
export function sendReply(
  request: IncomingMessage,
  response: ServerResponse,
  reply: Reply,
  { answer, personal, limits }: { answer: Answer; personal: boolean; limits?: ReplyHeaders | undefined },
): void {
  const headers = startHeaders(response, answer.type);
  if (limits !== undefined) addHeaders(headers, limits);
  if (reply.headers !== undefined) addHeaders(headers, reply.headers);
  const bytes = renderBody(reply.body, answer);
  if (request.method === 'GET' || request.method === 'HEAD') {
    if (!names(reply, 'cache-control'))
      headers.push('Cache-Control', personal ? 'private, no-cache' : 'no-cache');
    if (reply.status === 200 && bytes !== undefined && tag(request, headers, reply, bytes)) {
      response.writeHead(304, headers).end();
      return;
    }
  }
  send(response, reply.status, headers, bytes, answer.schema ? json : answer.type);
}

/** Sends what the kit itself has made or read, such as a page or a file of it. */
export function sendContent(
  response: ServerResponse,
  {
    status = 200,
    type,
    content,
    headers: own = {},
  }: { status?: number; type?: string; content?: string | Uint8Array; headers?: ReplyHeaders },
): void {
  const headers = startHeaders(response, type);
  addHeaders(headers, own);
  send(response, status, headers, content, type);
}

/** Sends a problem; returns what it told, or nothing where the answer has begun and can only be broken off. */
export function sendProblem(response: ServerResponse, error: unknown): { status: number } {
  const details = describeProblem(error);
  if (response.headersSent) {
    response.destroy();
    return details;
  }
  const headers = startHeaders(response);
  headers.push('Cache-Control', 'no-store');
  if (error instanceof Problem) addHeaders(headers, error.headers);
  const text = renderProblem(details, contextOf(response).requestId);
  send(response, details.status, headers, text, 'application/problem+json; charset=utf-8');
  return details;
}

/** Sets the headers of every answer on one that the handler writes by itself. */
export function prepareHeaders(response: ServerResponse): void {
  const headers = startHeaders(response);
  for (let index = 0; index < headers.length; index += 2)
    response.setHeader(headers[index]!, headers[index + 1]!);
}

const json = 'application/json; charset=utf-8';

function startHeaders(response: ServerResponse, type?: string): Headers {
  const security = type?.startsWith('text/html') ? pageHeaders : dataHeaders;
  return [...security, 'X-Request-Id', contextOf(response).requestId];
}

function addHeaders(headers: Headers, own: ReplyHeaders): void {
  for (const name in own) {
    const value = own[name];
    if (value === undefined) continue;
    if (typeof value === 'string') headers.push(name, value);
    else for (const each of value) headers.push(name, each);
  }
}

function names(reply: Reply, header: string): boolean {
  for (const name in reply.headers) if (name.toLowerCase() === header) return true;
  return false;
}

function renderBody(body: unknown, answer: Answer): string | Uint8Array | undefined {
  if (answer.schema !== undefined) return JSON.stringify(body);
  return body as string | Uint8Array | undefined;
}

/** Adds the entity tag, unless the handler gave one; returns whether the client knows this version. */
function tag(request: IncomingMessage, headers: Headers, reply: Reply, bytes: string | Uint8Array): boolean {
  const given = Object.entries(reply.headers ?? {}).find(([name]) => name.toLowerCase() === 'etag')?.[1];
  const etag = given === undefined ? etagOf(bytes) : String(given);
  if (given === undefined) headers.push('ETag', etag);
  return isKnown(request, etag);
}

function send(
  response: ServerResponse,
  status: number,
  headers: Headers,
  bytes: string | Uint8Array | undefined,
  type: string | undefined,
): void {
  if (bytes === undefined) {
    if (status !== 204 && status !== 304) headers.push('Content-Length', '0');
    response.writeHead(status, headers).end();
    return;
  }
  if (type !== undefined) headers.push('Content-Type', type);
  headers.push('Content-Length', String(Buffer.byteLength(bytes)));
  response.writeHead(status, headers).end(bytes);
}
