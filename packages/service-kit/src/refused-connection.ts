import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { ofStatus, renderProblem } from './problem.ts';

const statuses: Readonly<Record<string, { status: number; detail: string }>> = {
  HPE_HEADER_OVERFLOW: { status: 431, detail: 'The headers are larger than this service accepts.' },
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, detail: 'The request took too long to arrive.' },
};
const malformed = { status: 400, detail: 'This is no well-formed HTTP request.' };

/** Answers what Node could not read as a request with a problem, and closes the connection. Returns the status. */
export function refuseConnection(
  error: NodeJS.ErrnoException,
  socket: Duplex,
  requestId: string,
): number | undefined {
  const answered = (socket as { _httpMessage?: { headersSent: boolean } | null })._httpMessage?.headersSent;
  if (error.code === 'ECONNRESET' || !socket.writable || answered) {
    socket.destroy();
    return undefined;
  }
  const { status, detail } = statuses[error.code ?? ''] ?? malformed;
  const body = renderProblem({ ...ofStatus(status), detail }, requestId);
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Connection: close',
    'Cache-Control: no-store',
    'Content-Type: application/problem+json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Request-Id: ${requestId}`,
  ];
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`);
  return status;
}
