import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RestAnswer, RestApi, Route } from '../core/api.ts';
import { AwsError } from '../core/errors.ts';

export interface MatchedRoute {
  route: Route;
  path: Record<string, string>;
  query: URLSearchParams;
}

/**
 * The route that a request goes to; undefined when the service has none such. A name in the path is one segment,
 * percent-decoded, so that an ARN with its colons and slashes arrives whole.
 */
export function matchRoute(api: RestApi, request: IncomingMessage): MatchedRoute | undefined {
  const [target = '/', query = ''] = (request.url ?? '/').split('?', 2);
  const given = segmentsOf(target);
  for (const route of api.routes) {
    if (route.method !== request.method) continue;
    const path = match(segmentsOf(route.path), given);
    if (path) return { route, path, query: new URLSearchParams(query) };
  }
  return undefined;
}

/** Segments without empty ones: a slash at the end of a path means nothing. */
function segmentsOf(path: string): string[] {
  return path.split('/').filter(segment => segment !== '');
}

function match(pattern: string[], given: string[]): Record<string, string> | undefined {
  if (pattern.length !== given.length) return undefined;
  const names: [string, string][] = [];
  for (const [index, part] of pattern.entries()) {
    const value = given[index]!;
    if (part.startsWith('{')) names.push([part.slice(1, -1), decode(value)]);
    else if (part !== value) return undefined;
  }
  return Object.fromEntries(names);
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new AwsError('ValidationException', `'${segment}' is not percent-encoded text`);
  }
}

export function answerRest(response: ServerResponse, { status = 200, headers = {}, body }: RestAnswer): void {
  const content = Buffer.isBuffer(body) ? body : Buffer.from(body === undefined ? '' : JSON.stringify(body));
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': content.length,
    'x-amzn-requestid': crypto.randomUUID(),
    ...headers,
  });
  response.end(content);
}

export function answerRestError(response: ServerResponse, error: AwsError): void {
  const body = { Type: error.status < 500 ? 'User' : 'Service', Message: error.message };
  answerRest(response, { status: error.status, headers: { 'x-amzn-errortype': error.code }, body });
}
