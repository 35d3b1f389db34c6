import { spawn } from 'node:child_process';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { RawFace } from '../core/api.ts';
import { type GitProgram, gitEnvironment } from './command.ts';

const LONGEST_HEAD = 16 * 1024;
const REQUEST =
  /^\/git\/([A-Za-z0-9_][A-Za-z0-9._-]*?)(?:\.git)?(\/(?:info\/refs|git-upload-pack|HEAD))(?:\?(.*))?$/;

/** Clone and fetch over git's smart HTTP protocol, carried out by `git http-backend`. Pushing goes by path. */
export function gitFace(program: GitProgram, directoryOf: (name: string) => string | undefined): RawFace {
  return {
    prefix: '/git/',
    handle: async (request, response) => {
      const [, name, path, query = ''] = REQUEST.exec(request.url ?? '') ?? [];
      const directory = name === undefined ? undefined : directoryOf(name);
      if (directory === undefined) return refuse(response, 404, 'There is no such repository here.');
      if (query.includes('git-receive-pack')) {
        return refuse(response, 403, 'Push to the remote "local", which is a directory.');
      }
      await runBackend({ program, directory, path: path!, query, request, response });
    },
  };
}

interface BackendCall {
  program: GitProgram;
  directory: string;
  path: string;
  query: string;
  request: IncomingMessage;
  response: ServerResponse;
}

async function runBackend({
  program,
  directory,
  path,
  query,
  request,
  response,
}: BackendCall): Promise<void> {
  const header = (name: string): string => String(request.headers[name] ?? '');
  const backend = spawn('git', ['http-backend'], {
    cwd: directory,
    stdio: ['pipe', 'pipe', 'ignore'],
    env: {
      ...gitEnvironment(program, directory),
      GIT_PROJECT_ROOT: directory,
      GIT_HTTP_EXPORT_ALL: '1',
      GIT_PROTOCOL: header('git-protocol').replaceAll(/[^\w=:-]/g, ''),
      HTTP_CONTENT_ENCODING: header('content-encoding'),
      PATH_INFO: path,
      QUERY_STRING: query,
      REQUEST_METHOD: request.method === 'POST' ? 'POST' : 'GET',
      CONTENT_TYPE: header('content-type'),
      CONTENT_LENGTH: header('content-length'),
      REMOTE_ADDR: '127.0.0.1',
    },
  });
  backend.on('error', () => refuse(response, 500, 'git could not be started.'));
  response.on('close', () => backend.kill());
  const input = pipeline(request, backend.stdin).catch(() => undefined);
  await answer(backend.stdout, response).catch(() => response.destroy());
  await input;
}

/** Turns what a CGI program prints, head and body, into an HTTP answer. */
async function answer(output: AsyncIterable<Buffer>, response: ServerResponse): Promise<void> {
  let head: Buffer | undefined = Buffer.alloc(0);
  for await (const chunk of output) {
    if (head === undefined) {
      if (!response.write(chunk)) await new Promise(resolve => response.once('drain', resolve));
      continue;
    }
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end < 0 && head.length > LONGEST_HEAD) throw new Error('git http-backend answered without a head');
    if (end < 0) continue;
    for (const line of head.subarray(0, end).toString('latin1').split('\r\n')) {
      const [, name, value] = /^([\w-]+):\s*(.*)$/.exec(line) ?? [];
      if (name === 'Status') response.statusCode = Number.parseInt(value!, 10);
      else if (name) response.setHeader(name, value!);
    }
    response.write(head.subarray(end + 4));
    head = undefined;
  }
  if (head === undefined) response.end();
  else refuse(response, 502, 'git http-backend did not answer.');
}

function refuse(response: ServerResponse, status: number, sentence: string): void {
  if (response.headersSent) return void response.destroy();
  response.writeHead(status, { 'content-type': 'text/plain' }).end(`${sentence}\n`);
}
