import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { group, httpListener, rule, serveRaw, speak, until, World } from './fixtures/world.ts';

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(() => world[Symbol.asyncDispose]());

test('a TCP listener passes bytes through both ways, also after one side has said all', async () => {
  const target = await serveRaw(socket => {
    let heard = '';
    socket.on('data', chunk => {
      heard += chunk;
    });
    socket.on('end', () => socket.end(heard.toUpperCase()));
  });
  const listener = { ...httpListener([rule('*', 'tcp')]), protocol: 'TCP' as const };
  const port = await world.route({
    listeners: [listener],
    groups: [group('tcp', [target.port], { protocol: 'TCP' })],
  });
  await world.healthy(1);
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  socket.end('hello');
  const [answer] = await once(socket.setEncoding('utf8'), 'data');
  expect(answer).toBe('HELLO');
  await until(() => socket.readableEnded);
  socket.destroy();
  target.server.close();
});

test('without a target the connection is reset', async () => {
  const listener = { ...httpListener([rule('*', 'tcp')]), protocol: 'TCP' as const };
  const port = await world.route({ listeners: [listener], groups: [group('tcp', [])] });
  await expect(speak(port, 'hello')).rejects.toThrow('ECONNRESET');
});
