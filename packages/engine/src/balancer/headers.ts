import type { IncomingMessage } from 'node:http';
import type { RequestView } from './rules.ts';

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html */
const MAX_URL_BYTES = 16 * 1024;
const MAX_HEADER_BYTES = 16 * 1024;
const MAX_HEAD_BYTES = 64 * 1024;
const MAX_FORWARDED_FOR = 30;

/** These belong to one connection and go no further (RFC 9110, 7.6.1); `expect` is answered by the balancer. */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
]);

const VALID_NAME = /^[A-Za-z0-9-]+$/;

/** Headers that a client may not take away by naming them in `Connection`. */
const KEPT = new Set(['host', 'content-length', 'content-type']);

/** A request that has been read and found sound. */
export interface Inbound extends RequestView {
  /** What the target is asked for: path and query. */
  url: string;
  hasBody: boolean;
  /** The client's own headers that go further, flat: name, value, name, value. */
  headers: string[];
  forwardedFor: string | undefined;
  traceId: string | undefined;
}

/**
 * Reads a request; gives the status of the refusal when it cannot be passed on. `dropInvalid` leaves out headers with
 * unusual names, as `routing.http.drop_invalid_header_fields.enabled` does.
 */
export function readRequest(request: IncomingMessage, dropInvalid: boolean): Inbound | number {
  if (request.method === 'TRACE') return 405;
  const target = splitTarget(request.url ?? '');
  if (typeof target === 'number') return target;
  const scan = scanHeaders(request, dropInvalid);
  if (typeof scan === 'number') return scan;
  const host = target.host ?? scan.host;
  if (host !== undefined) scan.headers.unshift('host', host);
  return {
    ...target,
    method: request.method ?? 'GET',
    host: (host ?? '').replace(/:\d*$/, ''),
    header: name => {
      const value = request.headers[name];
      return Array.isArray(value) ? value.join(', ') : value;
    },
    hasBody: scan.hasBody,
    headers: scan.headers,
    forwardedFor: scan.forwardedFor,
    traceId: scan.traceId,
  };
}

type Target = { url: string; path: string; query: string; host?: string };

/** Path and query of `/path?query`, or of the absolute form that proxies are sent (RFC 9112, 3.2.2). */
function splitTarget(url: string): Target | number {
  if (url.length > MAX_URL_BYTES) return 414;
  const absolute = /^http:\/\/([^/?#]+)(.*)$/i.exec(url);
  const target = absolute ? absolute[2]! : url;
  const rooted = absolute && !target.startsWith('/') ? `/${target}` : target;
  if (!rooted.startsWith('/')) return 400;
  const mark = rooted.indexOf('?');
  return {
    url: rooted,
    path: mark < 0 ? rooted : rooted.slice(0, mark),
    query: mark < 0 ? '' : rooted.slice(mark + 1),
    ...(absolute ? { host: absolute[1]! } : {}),
  };
}

interface Scan {
  headers: string[];
  host: string | undefined;
  hasBody: boolean;
  forwardedFor: string | undefined;
  traceId: string | undefined;
}

function scanHeaders(request: IncomingMessage, dropInvalid: boolean): Scan | number {
  const raw = request.rawHeaders;
  const scan: Scan = {
    headers: [],
    host: undefined,
    hasBody: false,
    forwardedFor: undefined,
    traceId: undefined,
  };
  const named = namedInConnection(request.headers.connection);
  let size = 0;
  for (let n = 0; n < raw.length; n += 2) {
    const name = raw[n]!;
    const value = raw[n + 1]!;
    const length = name.length + value.length;
    if (length > MAX_HEADER_BYTES) return 400;
    size += length;
    if (dropInvalid && !VALID_NAME.test(name)) continue;
    const problem = take(scan, name.toLowerCase(), name, value, named);
    if (problem) return problem;
  }
  return size > MAX_HEAD_BYTES ? 400 : scan;
}

function take(
  scan: Scan,
  lower: string,
  name: string,
  value: string,
  named: Set<string> | undefined,
): number | undefined {
  switch (lower) {
    case 'host':
      if (scan.host !== undefined) return 400;
      scan.host = value;
      return;
    case 'content-length':
      if (Number(value) > 0) scan.hasBody = true;
      scan.headers.push(name, value);
      return;
    case 'transfer-encoding':
      if (value.trim().toLowerCase() !== 'chunked') return 501;
      scan.hasBody = true;
      return;
    case 'x-forwarded-for':
      scan.forwardedFor = scan.forwardedFor === undefined ? value : `${scan.forwardedFor}, ${value}`;
      return scan.forwardedFor.split(',').length > MAX_FORWARDED_FOR ? 463 : undefined;
    case 'x-forwarded-proto':
    case 'x-forwarded-port':
      return;
    case 'x-amzn-trace-id':
      scan.traceId = value;
      return;
    default:
      if (!HOP_BY_HOP.has(lower) && !named?.has(lower)) scan.headers.push(name, value);
  }
}

function namedInConnection(connection: string | undefined): Set<string> | undefined {
  if (connection === undefined || /^(keep-alive|close|upgrade)$/i.test(connection)) return undefined;
  const names = connection.split(',').map(name => name.trim().toLowerCase());
  return new Set(names.filter(name => name && !KEPT.has(name)));
}

export interface Hop {
  /** The client's address. */
  client: string;
  /** The port that the client reached. */
  port: number;
  /** Epoch milliseconds. */
  now: number;
  /** 24 hexadecimal digits. */
  nonce: string;
}

/**
 * The headers that the target gets. ALB appends the client to X-Forwarded-For, sets -Proto and -Port, and traces:
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/x-forwarded-headers.html
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-request-tracing.html
 */
export function forwardedHeaders(inbound: Inbound, hop: Hop): string[] {
  const { headers, forwardedFor } = inbound;
  headers.push(
    'X-Forwarded-For',
    forwardedFor ? `${forwardedFor}, ${hop.client}` : hop.client,
    'X-Forwarded-Proto',
    'http',
    'X-Forwarded-Port',
    String(hop.port),
    'X-Amzn-Trace-Id',
    traceId(inbound.traceId, hop),
  );
  return headers;
}

function traceId(given: string | undefined, hop: Hop): string {
  const id = `1-${Math.floor(hop.now / 1000)
    .toString(16)
    .padStart(8, '0')}-${hop.nonce}`;
  if (!given) return `Root=${id}`;
  const fields = given.split(';').filter(field => field.trim() !== '' && !/^\s*self=/i.test(field));
  const hasRoot = fields.some(field => /^\s*root=/i.test(field));
  return hasRoot ? [`Self=${id}`, ...fields].join(';') : [`Root=${id}`, ...fields].join(';');
}

/** The headers of a target's answer that go on to the client, flat. Trailers are not passed on (RFC 9110, 6.5.1). */
export function answerHeaders(raw: Buffer[]): string[] {
  const headers: string[] = [];
  let named: Set<string> | undefined;
  for (let n = 0; n < raw.length; n += 2) {
    const name = raw[n]!.toString('latin1');
    const value = raw[n + 1]!.toString('latin1');
    const lower = name.toLowerCase();
    if (lower === 'connection') named = namedInConnection(value) ?? named;
    if (!HOP_BY_HOP.has(lower)) headers.push(name, value);
  }
  return named ? without(headers, named) : headers;
}

function without(headers: string[], named: Set<string>): string[] {
  return headers.filter((_, n) => !named.has(headers[n - (n % 2)]!.toLowerCase()));
}
