import { type ServerResponse, STATUS_CODES } from 'node:http';
import type { RequestView } from './rules.ts';
import type { Action } from './table.ts';

const SERVER = 'awselb/2.0';

/** The page that ALB shows for an answer of its own. */
export function errorPage(status: number): string {
  const title = status === 463 ? '463' : `${status} ${STATUS_CODES[status] ?? ''}`.trim();
  return (
    `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n` +
    `<center><h1>${title}</h1></center>\r\n</body>\r\n</html>\r\n`
  );
}

/** Answers for the balancer itself. Nothing happens when an answer is already under way. */
export function answerError(response: ServerResponse, status: number, close = false): void {
  answer(response, status, 'text/html', errorPage(status), close);
}

export function answerFixed(response: ServerResponse, action: Action & { type: 'fixed-response' }): void {
  answer(
    response,
    action.status,
    action.contentType ?? 'text/plain; charset=utf-8',
    action.body ?? '',
    false,
  );
}

/** Redirects with the placeholders `#{protocol}`, `#{host}`, `#{port}`, `#{path}` and `#{query}` filled in. */
export function answerRedirect(
  response: ServerResponse,
  action: Action & { type: 'redirect' },
  request: RequestView,
  port: number,
): void {
  const values: Record<string, string> = {
    protocol: 'http',
    host: request.host,
    port: String(port),
    path: request.path.slice(1),
    query: request.query,
  };
  const fill = (text: string): string => text.replace(/#\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
  const query = fill(action.query);
  const location =
    `${fill(action.protocol).toLowerCase()}://${fill(action.host)}:${fill(action.port)}` +
    `${fill(action.path)}${query ? `?${query}` : ''}`;
  if (response.headersSent) return;
  const page = errorPage(action.status);
  response.writeHead(action.status, ['Server', SERVER, 'Location', location, ...lengthOf(page, 'text/html')]);
  response.end(page);
}

/** The same answer for a connection on which no request could be understood. */
export function rawError(status: number): string {
  const page = errorPage(status);
  return (
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nServer: ${SERVER}\r\n` +
    `Content-Type: text/html\r\nContent-Length: ${Buffer.byteLength(page)}\r\nConnection: close\r\n\r\n${page}`
  );
}

function answer(response: ServerResponse, status: number, type: string, body: string, close: boolean): void {
  if (response.headersSent || response.destroyed) return;
  const headers = ['Server', SERVER, ...lengthOf(body, type)];
  if (close) headers.push('Connection', 'close');
  response.writeHead(status, STATUS_CODES[status] ?? '', headers);
  response.end(body);
}

function lengthOf(body: string, type: string): string[] {
  return ['Content-Type', type, 'Content-Length', String(Buffer.byteLength(body))];
}
