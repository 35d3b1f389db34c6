import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { get, request as httpRequest, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect, createServer as createTcpServer, type Server as TcpServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { group, httpListener, rule, speak, until, World } from './fixtures/world.ts';

let world: World;
let random: () => number;
beforeEach(() => {
  random = Math.random;
  world = new World(() => random());
});
afterEach(() => world[Symbol.asyncDispose]());

const url = (port: number, path = '/') => `http://127.0.0.1:${port}${path}`;
const text = async (port: number, path = '/', init?: RequestInit) =>
  (await fetch(url(port, path), init)).text();
const status = async (port: number, path = '/', init?: RequestInit) =>
  (await fetch(url(port, path), init)).status;

describe('routing', () => {
  test('paths go to their own group, anything else to the default action', async () => {
    const news = await world.serve((_request, response) => response.end('news'));
    const blog = await world.serve((_request, response) => response.end('blog'));
    const port = await world.route({
      listeners: [
        httpListener([
          rule('/news', 'news'),
          rule('/blog/*', 'blog'),
          {
            conditions: [],
            action: {
              type: 'fixed-response',
              status: 404,
              contentType: 'text/plain',
              body: 'no such service',
            },
          },
        ]),
      ],
      groups: [group('news', [news.port]), group('blog', [blog.port])],
    });
    await world.healthy(2);
    expect(await text(port, '/news?x=/blog/')).toBe('news');
    expect(await text(port, '/blog/1')).toBe('blog');
    expect(await text(port, '/Blog/1')).toBe('no such service');
    expect(await status(port, '/')).toBe(404);
  });

  test('weights split requests as the random numbers fall', async () => {
    const blue = await world.serve((_request, response) => response.end('blue'));
    const green = await world.serve((_request, response) => response.end('green'));
    const port = await world.route({
      listeners: [httpListener([rule('*', ['blue', 90], ['green', 10])])],
      groups: [group('blue', [blue.port]), group('green', [green.port])],
    });
    await world.healthy(2);
    let n = 0;
    random = () => (n++ % 100) / 100;
    // Each request also takes random numbers for its trace id: those come in whole rounds of 3.
    const answers: string[] = [];
    for (let i = 0; i < 100; i++) {
      n = i;
      answers.push(await text(port));
    }
    expect(answers.filter(answer => answer === 'green')).toHaveLength(10);
  });

  test('a redirect fills in what it keeps of the request', async () => {
    const action = {
      type: 'redirect' as const,
      status: 301 as const,
      protocol: 'HTTPS',
      host: '#{host}',
      port: '443',
      path: '/new/#{path}',
      query: '#{query}',
    };
    const port = await world.route({ listeners: [httpListener([{ conditions: [], action }])], groups: [] });
    const response = await fetch(url(port, '/a/b?c=1'), { redirect: 'manual' });
    expect(response.status).toBe(301);
    expect(response.headers.get('location')).toBe('https://127.0.0.1:443/new/a/b?c=1');
  });

  test('targets take turns', async () => {
    const names = ['a', 'b', 'c'];
    const targets = await Promise.all(
      names.map(name => world.serve((_request, response) => response.end(name))),
    );
    const port = await world.front(targets.map(target => target.port));
    const answers = [];
    for (let n = 0; n < 6; n++) answers.push(await text(port));
    expect(answers.slice(0, 3).sort()).toEqual(names);
    expect(answers.slice(3)).toEqual(answers.slice(0, 3));
  });
});

describe('requests and answers', () => {
  test('method, path, body, headers and status travel unchanged, cookies one by one', async () => {
    const target = await world.serve(async (request, response) => {
      const body = Buffer.concat(await Array.fromAsync(request as AsyncIterable<Buffer>)).toString();
      response.setHeader('Set-Cookie', ['a=1', 'b=2']);
      response.writeHead(418, 'Odd', { 'X-Host': request.headers.host! });
      response.end(`${request.method} ${request.url} ${body}`);
    });
    const port = await world.front([target.port]);
    const response = await fetch(url(port, '/a%2Fb?c=%20'), { method: 'PATCH', body: 'hello' });
    expect(response.status).toBe(418);
    expect(response.statusText).toBe('Odd');
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(response.headers.get('x-host')).toBe(`127.0.0.1:${port}`);
    expect(await response.text()).toBe('PATCH /a%2Fb?c=%20 hello');
  });

  test('a small answer leaves in one piece, head and body together', async () => {
    const target = await world.serve((_request, response) => response.end('{"small":true}'));
    const port = await world.front([target.port]);
    const socket = connect(port, '127.0.0.1');
    const pieces: Buffer[] = [];
    socket.on('data', piece => pieces.push(piece));
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await until(() => Buffer.concat(pieces).includes('true}'));
    expect(pieces).toHaveLength(1);
    socket.destroy();
  });

  test('HEAD, 204 and 304 have no body, and the connection goes on', async () => {
    const target = await world.serve((request, response) => {
      if (request.url === '/204') response.writeHead(204).end();
      else if (request.url === '/304') response.writeHead(304, { etag: '"x"' }).end();
      else response.end('body');
    });
    const port = await world.front([target.port]);
    const asks = ['HEAD / ', 'GET /204 ', 'GET /304 ', 'GET / '];
    const answer = await speak(port, asks.map(ask => `${ask}HTTP/1.1\r\nHost: x\r\n\r\n`).join(''), all =>
      all.endsWith('body'),
    );
    expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual([
      'HTTP/1.1 200',
      'HTTP/1.1 204',
      'HTTP/1.1 304',
      'HTTP/1.1 200',
    ]);
    expect(answer.match(/body/g)).toHaveLength(1);
  });

  test('server-sent events arrive as they are sent', async () => {
    let send: (text: string) => void = () => {};
    const target = await world.serve((request, response) => {
      if (request.url === '/healthz') return void response.end();
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.flushHeaders();
      send = event => response.write(`data: ${event}\n\n`);
    });
    const port = await world.front([target.port]);
    const response = await fetch(url(port, '/events'));
    const events = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    for (const event of ['one', 'two']) {
      send(event);
      expect((await events.read()).value).toBe(`data: ${event}\n\n`);
    }
    await events.cancel();
  });

  test('100-continue is answered here and never reaches the target', async () => {
    const target = await world.serve((request, response) => {
      request.resume().on('end', () => response.end(String(request.headers.expect)));
    });
    const port = await world.front([target.port]);
    const request = httpRequest({
      port,
      method: 'POST',
      headers: { expect: '100-continue', 'content-length': 2 },
    });
    await once(request, 'continue');
    request.end('ok');
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    expect(String(await response.toArray())).toBe('undefined');
  });

  test('trailers on either side are dropped and harm nothing', async () => {
    const target = await world.serve((request, response) => {
      request.resume().on('end', () => {
        response.writeHead(200, { Trailer: 'X-Sum' });
        response.write('body');
        response.addTrailers({ 'X-Sum': '1' });
        response.end();
      });
    });
    const port = await world.front([target.port]);
    const answer = await speak(
      port,
      'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTrailer: X-A\r\n\r\n2\r\nok\r\n0\r\nX-A: 1\r\n\r\n' +
        'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
    );
    expect(answer.match(/HTTP\/1\.1 200/g)).toHaveLength(2);
    expect(answer).not.toMatch(/x-sum|trailer/i);
  });

  test('a big upload and a big download pass whole, and a slow reader holds the target back', async () => {
    const size = 64 * 1024 * 1024;
    const block = randomBytes(1024 * 1024);
    let written = 0;
    const target = await world.serve((request, response) => {
      if (request.method === 'POST') {
        const hash = createHash('sha256');
        request.on('data', chunk => hash.update(chunk)).on('end', () => response.end(hash.digest('hex')));
        return;
      }
      if (request.url === '/healthz') return void response.end();
      const more = (): void => {
        while (written < size) {
          written += block.length;
          if (!response.write(block)) return void response.once('drain', more);
        }
        response.end();
      };
      more();
    });
    const port = await world.front([target.port]);
    const upload = Buffer.concat(Array(16).fill(block));
    expect(await text(port, '/', { method: 'POST', body: upload })).toBe(
      createHash('sha256').update(upload).digest('hex'),
    );
    const [download] = (await once(get(url(port, '/big')), 'response')) as [IncomingMessage];
    download.pause();
    await sleep(200);
    expect(written).toBeLessThan(size / 2);
    let received = 0;
    download.on('data', chunk => (received += chunk.length));
    download.resume();
    await once(download, 'end');
    expect(received).toBe(size);
  });

  test('an answer before the end of the upload reaches the client, and its connection goes on', async () => {
    const target = await world.serve((request, response) => {
      if (request.method === 'POST') response.writeHead(413).end('too much');
      else response.end('next');
    });
    const port = await world.front([target.port]);
    const answer = await speak(
      port,
      `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 300000\r\n\r\n${'a'.repeat(300_000)}GET / HTTP/1.1\r\nHost: x\r\n\r\n`,
      all => all.endsWith('next'),
    );
    expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 413', 'HTTP/1.1 200']);
  });

  test('a client that leaves ends the work of the target', async () => {
    let left = false;
    const target = await world.serve((request, response) => {
      if (request.url === '/healthz') return void response.end();
      response.on('close', () => (left = true));
    });
    const port = await world.front([target.port]);
    const abort = new AbortController();
    const asked = fetch(url(port), { signal: abort.signal }).catch(() => {});
    await until(() => world.balancer.metrics().only!.requestCount === 1);
    await sleep(20);
    abort.abort();
    await asked;
    await until(() => left);
  });
});

describe('WebSocket', () => {
  const upgrade =
    'GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: k\r\n\r\n';

  test('both directions flow after the upgrade, and draining waits for the end', async () => {
    const target = await world.serve((_request, response) => response.end());
    target.server.on('upgrade', (request, socket, head) => {
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nX-Key: ${request.headers['sec-websocket-key']}\r\n\r\n`,
      );
      if (head.length) socket.write(head);
      socket.on('data', (chunk: Buffer) => socket.write(chunk.toString().toUpperCase()));
    });
    const port = await world.front([target.port]);
    const socket = connect(port, '127.0.0.1');
    let received = '';
    socket.on('data', chunk => (received += chunk));
    socket.write(upgrade);
    await until(() => received.endsWith('\r\n\r\n'));
    expect(received).toMatch(/^HTTP\/1\.1 101 .*X-Key: k/s);
    socket.write('hello');
    await until(() => received.endsWith('HELLO'));

    await world.route({
      listeners: [httpListener([rule('*', 'only')])],
      groups: [
        { ...group('only', []), targets: [{ ...group('only', [target.port]).targets[0]!, drainMs: 60_000 }] },
      ],
    });
    await sleep(20);
    expect(world.balancer.drained()).toEqual([]);
    socket.write('more');
    await until(() => received.endsWith('MORE'));
    socket.destroy();
    await until(() => world.balancer.drained().length === 1);
  });

  test('a target that does not upgrade is heard all the same', async () => {
    const target = await world.serve((_request, response) => response.writeHead(403).end('no'));
    const port = await world.front([target.port]);
    expect(await speak(port, upgrade)).toMatch(/^HTTP\/1\.1 403 .*no/s);
  });

  test('an upgrade to anything else is a plain request', async () => {
    const target = await world.serve((request, response) => response.end(String(request.headers.upgrade)));
    const port = await world.front([target.port]);
    expect(await speak(port, upgrade.replace('websocket', 'h2c'), all => all.endsWith('undefined'))).toMatch(
      /^HTTP\/1\.1 200/,
    );
  });
});

describe('a target that fails', () => {
  test('gives 502 when it refuses, resets or talks nonsense', async () => {
    const raw = await serveRaw(socket => {
      socket.once('data', data => {
        if (data.includes('/healthz')) socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
        else if (data.includes('/nonsense')) socket.end('what?\r\n\r\n');
        else if (data.includes('/name')) socket.end('HTTP/1.1 200 OK\r\nBad Name: x\r\n\r\n');
        else socket.resetAndDestroy();
      });
    });
    const port = await world.front([raw.port]);
    expect(await status(port, '/reset')).toBe(502);
    expect(await status(port, '/nonsense')).toBe(502);
    expect(await status(port, '/name')).toBe(502);
    raw.server.close();
    const response = await fetch(url(port));
    expect(response.status).toBe(502);
    expect(await response.text()).toContain('<h1>502 Bad Gateway</h1>');
    expect(world.balancer.metrics().only).toMatchObject({ elb5xx: 4, targetConnectionErrors: 1 });
  });

  test('gives 504 when it stays silent for the idle timeout', async () => {
    const target = await world.serve((request, response) => {
      if (request.url === '/healthz') response.end();
    });
    const port = await world.front([target.port], { idleTimeoutMs: 200 });
    expect(await status(port, '/slow')).toBe(504);
  });

  test('ends the connection when it breaks off in the middle of an answer', async () => {
    const target = await world.serve((request, response) => {
      if (request.url === '/healthz') return void response.end();
      response.writeHead(200, { 'content-length': 100 });
      response.write('half', () => response.destroy());
    });
    const port = await world.front([target.port]);
    await expect(text(port, '/half')).rejects.toThrow();
  });

  test('is not noticed when it closes an idle connection just before the next request', async () => {
    const raw = await serveRaw(socket => {
      socket.on('data', data => {
        const again = (socket as { served?: boolean }).served && !data.includes('/healthz');
        if (again) return void socket.end();
        (socket as { served?: boolean }).served = true;
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
      });
    });
    const port = await world.front([raw.port]);
    for (let n = 0; n < 6; n++) {
      expect(await text(port, '/', { method: n % 2 ? 'GET' : 'HEAD' })).toBe(n % 2 ? 'ok' : '');
      await sleep(5);
    }
    raw.server.close();
  });

  test('503 when the group has no target, or none has passed a check yet', async () => {
    const port = await world.route({
      listeners: [httpListener([rule('*', 'only')])],
      groups: [group('only', [])],
    });
    expect(await status(port)).toBe(503);
    await world.route({ listeners: [httpListener([rule('*', 'only')])], groups: [group('only', [1])] });
    expect(await status(port)).toBe(503);
  });
});

describe('health', () => {
  test('an unhealthy target gets nothing while another is healthy; when all are unhealthy all get requests', async () => {
    const sick = new Set<string>();
    const serve = (name: string) =>
      world.serve((request, response) => {
        if (request.url === '/healthz' && sick.has(name)) response.writeHead(500);
        response.end(name);
      });
    const [a, b] = [await serve('a'), await serve('b')];
    const port = await world.front([a.port, b.port]);
    sick.add('a');
    await until(() => world.balancer.health().some(({ state }) => state === 'unhealthy'));
    expect(world.balancer.health()).toMatchObject([
      {
        state: 'unhealthy',
        reason: 'Target.ResponseCodeMismatch',
        description: 'Health checks failed with these codes: [500]',
      },
      { state: 'healthy' },
    ]);
    expect(new Set([await text(port), await text(port)])).toEqual(new Set(['b']));
    sick.add('b');
    await until(() => world.balancer.health().every(({ state }) => state === 'unhealthy'));
    expect(new Set([await text(port), await text(port)])).toEqual(new Set(['a', 'b']));
    sick.clear();
    await world.healthy(2);
  });

  test('a check that is not answered in time fails with Target.Timeout, a refused one with FailedHealthChecks', async () => {
    const silent = await world.serve(() => {});
    const gone = await serveRaw(() => {});
    gone.server.close();
    await world.route({
      listeners: [httpListener([rule('*', 'silent', 'gone')])],
      groups: [group('silent', [silent.port], { timeoutMs: 50 }), group('gone', [gone.port])],
    });
    await until(() => world.balancer.health().every(({ state }) => state === 'unhealthy'));
    expect(world.balancer.health().map(({ reason }) => reason)).toEqual([
      'Target.Timeout',
      'Target.FailedHealthChecks',
    ]);
  });

  test('targets of a group that no listener uses are not checked', async () => {
    const target = await world.serve(() => {
      throw new Error('checked');
    });
    const { health: _, ...unused } = group('idle', [target.port]);
    await world.route({ groups: [unused] });
    expect(world.balancer.health()).toMatchObject([{ state: 'unused', reason: 'Target.NotInUse' }]);
  });
});

describe('changing tables', () => {
  test('a deregistered target gets no new requests, finishes what it does, and is told drained when idle', async () => {
    let finish = (): void => {};
    const old = await world.serve((request, response) => {
      if (request.url === '/slow') finish = () => response.end('slow from old');
      else response.end('old');
    });
    const next = await world.serve((_request, response) => response.end('new'));
    const port = await world.front([old.port]);
    const slow = text(port, '/slow');
    await until(() => world.balancer.metrics().only!.requestCount === 1);
    await sleep(20);
    const [leaving] = group('only', [old.port]).targets;
    const [coming] = group('only', [next.port]).targets;
    await world.route({
      listeners: [httpListener([rule('*', 'only')])],
      groups: [{ ...group('only', []), targets: [{ ...leaving!, drainMs: 60_000 }, coming!] }],
    });
    await world.healthy(1);
    expect(await text(port)).toBe('new');
    expect(world.balancer.drained()).toEqual([]);
    expect(world.balancer.health()[0]).toMatchObject({ state: 'draining' });
    finish();
    expect(await slow).toBe('slow from old');
    await until(() => world.balancer.drained().length === 1);
    expect(world.balancer.drained()[0]).toMatchObject({ port: old.port });
  });

  test('what still runs when the deregistration delay is over is cut off with 502', async () => {
    const target = await world.serve((request, response) => {
      if (request.url === '/healthz') response.end();
    });
    const port = await world.front([target.port]);
    const stuck = status(port, '/stuck');
    await until(() => world.balancer.metrics().only!.requestCount === 1);
    const [leaving] = group('only', [target.port]).targets;
    await world.route({
      listeners: [httpListener([rule('*', 'only')])],
      groups: [{ ...group('only', []), targets: [{ ...leaving!, drainMs: 50 }] }],
    });
    expect(await stuck).toBe(502);
    await until(() => world.balancer.drained().length === 1);
  });

  test('an address that is registered again is a new target', async () => {
    const target = await world.serve((_request, response) => response.end('ok'));
    const port = await world.front([target.port]);
    const [entry] = group('only', [target.port]).targets;
    const listeners = [httpListener([rule('*', 'only')])];
    const withTarget = (targets: (typeof entry)[]) => ({
      listeners,
      groups: [{ ...group('only', []), targets: targets as NonNullable<typeof entry>[] }],
    });
    await world.route(withTarget([{ ...entry!, drainMs: 1000 }]));
    expect(await status(port)).toBe(503);
    await world.route(withTarget([{ ...entry!, registration: 'again' }]));
    await world.healthy(1);
    expect(await text(port)).toBe('ok');
  });

  test('a listener that is taken away answers what runs and closes', async () => {
    let finish = (): void => {};
    const target = await world.serve((request, response) => {
      if (request.url === '/healthz') response.end();
      else finish = () => response.end('last');
    });
    const port = await world.front([target.port]);
    const running = text(port);
    await until(() => world.balancer.metrics().only!.requestCount === 1);
    await sleep(20);
    await world.route({ groups: [group('only', [target.port])] });
    finish();
    expect(await running).toBe('last');
    await expect(fetch(url(port))).rejects.toThrow();
  });

  test('a busy port is told with its listener, the others serve, and it is taken once it is free', async () => {
    const blocker = await serveRaw(() => {});
    const busy = {
      ...httpListener([]),
      key: 'busy',
      name: 'slipway-busy:80',
      port: blocker.port,
      flexible: false,
    };
    const port = await world.route({ listeners: [httpListener([]), busy] });
    expect(await status(port)).toBe(503);
    expect(world.balancer.listeners()[1]).toMatchObject({
      listening: false,
      code: 'EADDRINUSE',
      message: `EADDRINUSE: listener slipway-busy:80 cannot listen on 127.0.0.1:${blocker.port}, the port is in use by another program`,
    });
    blocker.server.close();
    await until(() => world.balancer.listeners().every(({ listening }) => listening));
  });

  test('an older table than the one in force is ignored', async () => {
    await world.route({ listeners: [httpListener([])] });
    await world.route({ listeners: [httpListener([])] });
    await world.balancer.apply({ number: 1, listeners: [], groups: [] });
    expect(world.balancer.number).toBe(2);
    expect(world.balancer.listeners()).toHaveLength(1);
  });
});

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

async function serveRaw(
  onSocket: (socket: import('node:net').Socket) => void,
): Promise<{ server: TcpServer; port: number }> {
  const server = createTcpServer(socket => onSocket(socket.on('error', () => {})));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, port: (server.address() as AddressInfo).port };
}
