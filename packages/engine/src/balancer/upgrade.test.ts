import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { group, httpListener, rule, speak, until, World } from './fixtures/world.ts';

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(() => world[Symbol.asyncDispose]());

const url = (port: number, path = '/') => `http://127.0.0.1:${port}${path}`;
const _text = async (port: number, path = '/', init?: RequestInit) =>
  (await fetch(url(port, path), init)).text();
const _status = async (port: number, path = '/', init?: RequestInit) =>
  (await fetch(url(port, path), init)).status;

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
