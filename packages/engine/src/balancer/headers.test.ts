import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from '@jest/globals';
import { answerHeaders, forwardedHeaders, type Inbound, readRequest } from './headers.ts';

const HOP = { client: '127.0.0.1', port: 8080, now: 0x6789_0000_000, nonce: 'a'.repeat(24) };

function read(rawHeaders: string[], rest: { url?: string; method?: string } = {}): Inbound | number {
  const headers: Record<string, string> = {};
  for (let n = 0; n < rawHeaders.length; n += 2) headers[rawHeaders[n]!.toLowerCase()] = rawHeaders[n + 1]!;
  return readRequest(
    { method: 'GET', url: '/', rawHeaders, headers, ...rest } as unknown as IncomingMessage,
    true,
  );
}

function forwarded(...rawHeaders: string[]): Record<string, string> {
  const flat = forwardedHeaders(read(rawHeaders) as Inbound, HOP);
  return Object.fromEntries(flat.flatMap((name, n) => (n % 2 ? [] : [[name.toLowerCase(), flat[n + 1]!]])));
}

describe('a request on its way to a target', () => {
  test('loses what belongs to the client connection, also what Connection names', () => {
    const headers = forwarded(
      ...[
        'Host',
        'x',
        'Connection',
        'keep-alive, X-Secret, Host',
        'X-Secret',
        '1',
        'Keep-Alive',
        'timeout=5',
      ],
      ...['TE', 'trailers', 'Expect', '100-continue', 'Proxy-Authorization', 'b', 'X-Kept', '2'],
    );
    expect(Object.keys(headers).sort()).toEqual([
      'host',
      'x-amzn-trace-id',
      'x-forwarded-for',
      'x-forwarded-port',
      'x-forwarded-proto',
      'x-kept',
    ]);
  });

  test('loses headers whose names hold more than letters, digits and hyphens', () => {
    expect(forwarded('X_Forwarded_For', '1', 'X.Y', '2', 'X-Z1', '3')).not.toHaveProperty('x_forwarded_for');
    expect(forwarded('X-Z1', '3')).toHaveProperty('x-z1');
  });

  test('tells the client, appended to those it names, and cannot lie about protocol and port', () => {
    expect(forwarded('X-Forwarded-For', '10.0.0.9', 'X-Forwarded-Proto', 'https')).toMatchObject({
      'x-forwarded-for': '10.0.0.9, 127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-forwarded-port': '8080',
    });
  });

  test('gets a trace with a Root, or a Self before the Root that it brings', () => {
    const id = `1-${Math.floor(HOP.now / 1000)
      .toString(16)
      .padStart(8, '0')}-${HOP.nonce}`;
    expect(forwarded()['x-amzn-trace-id']).toBe(`Root=${id}`);
    expect(forwarded('X-Amzn-Trace-Id', 'Root=1-a-b;Who=me')['x-amzn-trace-id']).toBe(
      `Self=${id};Root=1-a-b;Who=me`,
    );
    expect(forwarded('X-Amzn-Trace-Id', 'Self=1-x-y;Root=1-a-b')['x-amzn-trace-id']).toBe(
      `Self=${id};Root=1-a-b`,
    );
  });
});

describe('a request is refused', () => {
  test.each<[string, string[], { url?: string; method?: string }, number]>([
    ['with TRACE', [], { method: 'TRACE' }, 405],
    ['with a URL of more than 16 KB', [], { url: `/${'a'.repeat(16 * 1024)}` }, 414],
    ['with a target that is no path', [], { url: '*' }, 400],
    ['with two hosts', ['Host', 'a', 'host', 'b'], {}, 400],
    ['with a header of more than 16 KB', ['X', 'a'.repeat(16 * 1024)], {}, 400],
    [
      'with more than 64 KB of headers',
      Array(10)
        .fill(['X', 'a'.repeat(7000)])
        .flat(),
      {},
      400,
    ],
    ['with an encoding other than chunked', ['Transfer-Encoding', 'gzip, chunked'], {}, 501],
    ['with more than 30 forwarders', ['X-Forwarded-For', Array(31).fill('1.1.1.1').join()], {}, 463],
  ])('%s', (_how, headers, rest, status) => {
    expect(read(headers, rest)).toBe(status);
  });
});

test('the absolute form is taken apart: its host counts, the target sees a path', () => {
  expect(read(['Host', 'other'], { url: 'http://news.test:80?x=1' })).toMatchObject({
    url: '/?x=1',
    path: '/',
    query: 'x=1',
    host: 'news.test',
    headers: ['host', 'news.test:80'],
  });
});

test('an answer keeps order, case and repeated headers, and loses what belongs to the target connection', () => {
  const raw = [
    'Set-Cookie',
    'a=1',
    'Connection',
    'X-Hop',
    'X-Hop',
    '1',
    'Set-Cookie',
    'b=2',
    'Transfer-Encoding',
    'chunked',
  ];
  expect(answerHeaders(raw.map(text => Buffer.from(text)))).toEqual([
    'Set-Cookie',
    'a=1',
    'Set-Cookie',
    'b=2',
  ]);
});
