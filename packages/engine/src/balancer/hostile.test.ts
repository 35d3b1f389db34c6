import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { speak, until, World } from './fixtures/world.ts';

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(() => world[Symbol.asyncDispose]());

const url = (port: number, path = '/') => `http://127.0.0.1:${port}${path}`;
const text = async (port: number, path = '/', init?: RequestInit) =>
  (await fetch(url(port, path), init)).text();
const _status = async (port: number, path = '/', init?: RequestInit) =>
  (await fetch(url(port, path), init)).status;

describe('hostile requests', () => {
  let port: number;
  let reached: string[];
  beforeEach(async () => {
    reached = [];
    const target = await world.serve((request, response) => {
      if (request.url === '/healthz') return void response.end();
      request.resume().on('end', () => {
        reached.push(`${request.method} ${request.url}`);
        response.end('reached');
      });
    });
    port = await world.front([target.port]);
  });

  test.each([
    [
      'both a length and chunks',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n',
      400,
    ],
    ['two lengths', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcde', 400],
    ['a length that is no number', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +4\r\n\r\nabcd', 400],
    [
      'a disguised encoding',
      'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n',
      501,
    ],
    [
      'a space before the colon',
      'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n',
      400,
    ],
    ['a folded header', 'GET / HTTP/1.1\r\nHost: x\r\nX-A: 1\r\n 2\r\n\r\n', 400],
    [
      'a chunk size that is no number',
      'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n',
      400,
    ],
    [
      'a chunk longer than it says',
      'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabcdef\r\n0\r\n\r\n',
      400,
    ],
    ['no host', 'GET / HTTP/1.1\r\n\r\n', 400],
    ['two hosts', 'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n', 400],
    ['headers without end', `GET / HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(100_000)}\r\n\r\n`, 400],
    ['a giant URL', `GET /${'a'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`, 414],
    ['CONNECT', 'CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n', 400],
    ['TRACE', 'TRACE / HTTP/1.1\r\nHost: x\r\n\r\n', 405],
    ['no HTTP at all', '\x16\x03\x01 hello\r\n\r\n', 400],
  ])('with %s never reach a target', async (_what, bytes, expected) => {
    const answer = await speak(port, bytes);
    expect(Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1])).toBe(expected);
    expect(answer.match(/HTTP\/1\.1/g)).toHaveLength(1);
    await sleep(10);
    expect(reached).toEqual([]);
    expect(await text(port)).toBe('reached');
  });

  test('a body that goes wrong halfway never looks complete to the target', async () => {
    const socket = connect(port, '127.0.0.1');
    let answer = '';
    socket.on('data', chunk => {
      answer += chunk;
    });
    socket.write('POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n');
    await until(() => world.balancer.metrics().only!.requestCount === 1);
    await sleep(20);
    socket.write('nonsense\r\n');
    await once(socket, 'close');
    expect(answer).toMatch(/^HTTP\/1\.1 400/);
    await sleep(20);
    expect(reached).toEqual([]);
  });
});
