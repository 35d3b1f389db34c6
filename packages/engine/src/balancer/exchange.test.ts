import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { get, request as httpRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { group, httpListener, rule, serveRaw, speak, until, World } from './fixtures/world.ts';

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(() => world[Symbol.asyncDispose]());

const url = (port: number, path = '/') => `http://127.0.0.1:${port}${path}`;
const text = async (port: number, path = '/', init?: RequestInit) =>
  (await fetch(url(port, path), init)).text();
const status = async (port: number, path = '/', init?: RequestInit) =>
  (await fetch(url(port, path), init)).status;

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
