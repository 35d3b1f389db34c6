import type { Arbitrary } from 'fast-check';
import type { OpenApi } from '../openapi.ts';
import { type Call, callsOf, type Known, requestOf } from './call.ts';
import type { Found } from './document.ts';
import type { RawRequest } from './raw-request.ts';

type FastCheck = typeof import('fast-check').default;
type Spoil = (call: Call) => Arbitrary<RawRequest>;

/** Returns what makes calls that are right but for one thing. */
export function attacksOn(
  fc: FastCheck,
  document: OpenApi,
  found: Found,
  known: Known,
): Arbitrary<RawRequest> {
  const { parameters = [], requestBody } = found.operation;
  const spoils = [
    ...spoilHeaders(fc, found),
    ...spoilQuery(fc, found),
    ...(parameters.some(parameter => parameter.in === 'path') ? spoilPath(fc, found) : []),
    ...(requestBody === undefined ? [] : spoilBody(fc, found)),
  ];
  return fc
    .tuple(fc.constantFrom(...spoils), callsOf(fc, document, found, known))
    .chain(([spoil, call]) => spoil(call));
}

/** Paths that are no route's, as somebody who looks for a way in would try them. */
export function strangePaths(path: string): string[] {
  const tricks = [
    '/%',
    '/%ff',
    '/%00',
    '/%c0%ae%c0%ae/',
    '/..',
    '/../../etc/passwd',
    '/..%2f..%2fetc%2fpasswd',
    '/%2e%2e/%2e%2e',
    '//',
    '///healthz',
    '/./json',
    '/assets/',
    '/assets/..',
    '/assets/%2e%2e/package.json',
    '/assets/..%5cmain.js',
    '/assets/page.js%00',
    '/assets/__proto__',
    '/assets/constructor',
    '/__proto__',
    '/constructor',
    '/toString',
    '/json/',
    '/healthz/..',
    '/;/json',
    `/${'a/'.repeat(500)}`,
    `/${'x'.repeat(5000)}`,
    '/?%',
    '/?lang[]=zh',
    '/?lang=zh&lang=en',
    '/?__proto__[polluted]=1',
    '/openapi.json?x=%ff',
    '/json?%00',
    `/json?${'a=1&'.repeat(1000)}`,
  ];
  return tricks.map(trick => path + trick);
}

const nasty = [
  '__proto__',
  'constructor',
  'toString',
  '../..',
  '\u0000',
  '\u202e',
  '😀'.repeat(50),
  'NaN',
  '-1',
  '1e309',
  'null',
  "' OR 1=1 --",
  '<script>',
  '{{7*7}}',
];

function spoilPath(fc: FastCheck, found: Found): Spoil[] {
  const raw = [
    '%',
    '%ff',
    '%c3%28',
    '%00',
    '..%2f..',
    '%2e%2e',
    '%5c..',
    ';',
    '.',
    'a%2fb',
    'x'.repeat(3000),
  ];
  const put = (call: Call, text: Arbitrary<string>, asIs: boolean) =>
    text.map(value => {
      const params = Object.fromEntries(Object.keys(call.params).map(name => [name, value]));
      return requestOf(found, { ...call, params, query: [] }, asIs);
    });
  return [
    call => put(call, fc.constantFrom(...raw), true),
    call => put(call, fc.constantFrom(...nasty), false),
    call =>
      put(
        call,
        fc.string({ unit: 'binary', minLength: 1 }).map(text => text.toWellFormed()),
        false,
      ),
  ];
}

function spoilQuery(fc: FastCheck, found: Found): Spoil[] {
  const names = (found.operation.parameters ?? [])
    .filter(({ in: place }) => place === 'query')
    .map(({ name }) => name);
  const name = fc.constantFrom(...names, 'unknown', '__proto__', 'constructor', 'a[b]', '');
  const add = (call: Call, query: [string, string][], asIs = false) =>
    requestOf(found, { ...call, query: asIs ? query : [...call.query, ...query] }, asIs);
  return [
    call => fc.tuple(name, fc.constantFrom(...nasty)).map(([key, value]) => add(call, [[key, value]])),
    call =>
      name.map(key =>
        add(call, [
          [key, '1'],
          [key, '2'],
        ]),
      ),
    call =>
      fc
        .tuple(name, fc.constantFrom('%', '%ff', '%u0041', '+%zz'))
        .map(([key, value]) => add({ ...call, params: escaped(call.params) }, [[key, value]], true)),
    call => fc.tuple(name, fc.string({ maxLength: 40 })).map(([key, value]) => add(call, [[key, value]])),
  ];
}

function escaped(params: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, encodeURIComponent(value)]));
}

function spoilHeaders(fc: FastCheck, found: Found): Spoil[] {
  const strange: [string, string][] = [
    ['Authorization', 'Bearer'],
    ['Authorization', 'Bearer a.b.c'],
    ['Authorization', 'Basic eDp5'],
    ['Authorization', `Bearer ${'a'.repeat(5000)}`],
    ['Accept-Language', ',;q=,zh;q=9,*'],
    ['Accept-Language', 'a'.repeat(4000)],
    ['If-None-Match', '"'],
    ['If-None-Match', ','.repeat(500)],
    ['If-Match', 'W/'],
    ['Cookie', '=;;=; __proto__=1'],
    ['X-Request-Id', 'x'.repeat(500)],
    ['X-Amzn-Trace-Id', 'Root=;Root=<script>'],
    ['X-Forwarded-For', ',,,unknown'],
    ['X-Forwarded-Proto', 'gopher'],
    ['Last-Event-ID', '-1e400'],
    ['Last-Event-ID', '__proto__'],
    ['Range', 'bytes=5-1'],
    ['Host', '['],
    ['Origin', 'null'],
    ['Sec-Fetch-Site', 'cross-site'],
    ['Content-Type', 'nonsense'],
    ['Content-Type', 'application/json;charset=utf-7'],
    ['Content-Encoding', 'gzip'],
    ['Expect', 'tomorrow'],
  ];
  return [
    call =>
      fc.constantFrom(...strange.filter(([name]) => name !== 'Expect')).map(([name, value]) => {
        const sent = requestOf(found, call);
        return { ...sent, headers: { ...sent.headers, [name]: value } };
      }),
  ];
}

function spoilBody(fc: FastCheck, found: Found): Spoil[] {
  const put = (call: Call, bodies: Arbitrary<string | Uint8Array>) =>
    bodies.map(body => requestOf(found, { ...call, body }));
  const textOf = (call: Call) => String(call.body);
  return [
    call =>
      put(
        call,
        fc.nat(Math.max(0, textOf(call).length - 1)).map(length => textOf(call).slice(0, length)),
      ),
    call =>
      put(
        call,
        fc.jsonValue().map(value => JSON.stringify(value)),
      ),
    call => put(call, fc.string()),
    call => put(call, fc.uint8Array({ minLength: 1, maxLength: 200 })),
    call =>
      put(
        call,
        fc.constantFrom(
          ...invalidUtf8.map(bytes =>
            Buffer.concat([Buffer.from('{"a":"'), Buffer.from(bytes), Buffer.from('"}')]),
          ),
        ),
      ),
    call => put(call, changed(fc, call)),
    call => put(call, fc.constantFrom(...polluting(textOf(call)))),
    call =>
      put(
        call,
        fc.constantFrom(
          'x'.repeat(3_000_000),
          `{"a":"${'x'.repeat(3_000_000)}"}`,
          '['.repeat(30_000),
          `${'{"a":'.repeat(9000)}1${'}'.repeat(9000)}`,
        ),
      ),
    call => fc.constant(requestOf(found, { ...call, body: undefined })),
  ];
}

const invalidUtf8 = [[0xff], [0xc3, 0x28], [0xed, 0xa0, 0x80], [0xf8, 0x88, 0x80, 0x80, 0x80], [0xe2, 0x82]];

/** A valid body of which one value has another type. */
function changed(fc: FastCheck, { body }: Call): Arbitrary<string> {
  const value: unknown = JSON.parse(String(body));
  if (typeof value !== 'object' || value === null) return fc.jsonValue().map(other => JSON.stringify(other));
  return fc
    .tuple(
      fc.constantFrom(...Object.keys(value), 'unknown'),
      fc.oneof(fc.jsonValue(), fc.constantFrom(...nasty, 1e308, [], {}, null)),
    )
    .map(([key, other]) => JSON.stringify({ ...value, [key]: other }));
}

function polluting(body: string): string[] {
  const inside = body.startsWith('{') && body.length > 2 ? `,${body.slice(1)}` : '}';
  const keys = [
    '"__proto__":{"polluted":1}',
    '"constructor":{"prototype":{"polluted":1}}',
    '"\\u005f_proto__":{"polluted":1}',
  ];
  return keys.flatMap(key => [`{${key}${inside}`, `[{${key}}]`, `{"a":{${key}}}`]);
}
