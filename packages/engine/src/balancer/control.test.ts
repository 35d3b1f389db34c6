import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { socketPath } from '../core/socket-path.ts';
import { type Control, openControl } from './control.ts';
import { httpListener, World } from './fixtures/world.ts';
import { Memory } from './memory.ts';
import { type Report, readMessages } from './messages.ts';

let directory: string;
let world: World;
let control: Control | undefined;
const lines: string[] = [];
const log = (line: string) => void lines.push(line);

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'slipway-control-'));
  world = new World();
  lines.length = 0;
});
afterEach(async () => {
  control?.close();
  control = undefined;
  await world[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true, force: true });
});

async function serve(path = socketPath(directory, 'balancer.sock')): Promise<string> {
  control = await openControl({ balancer: world.balancer, memory: new Memory(directory, log), path, log });
  return path;
}

/** Sends lines and gives the first reports that answer them. */
async function tell(path: string, messages: unknown[], reports: number): Promise<Report[]> {
  const socket = connect(path);
  const heard: Report[] = [];
  readMessages<Report>(socket, report => heard.push(report));
  for (const message of messages)
    socket.write(`${typeof message === 'string' ? message : JSON.stringify(message)}\n`);
  while (heard.length < reports && !socket.destroyed) await new Promise(resolve => setImmediate(resolve));
  socket.destroy();
  return heard;
}

describe('the side door', () => {
  test('greets with everything there is to know, then acknowledges', async () => {
    const path = await serve();
    const table = { number: 7, listeners: [httpListener([])], groups: [] };
    const heard = await tell(path, [{ type: 'table', table }], 6);
    expect(heard.map(({ type }) => type)).toEqual([
      'hello',
      'listeners',
      'health',
      'drained',
      'listeners',
      'ack',
    ]);
    expect(heard.at(-1)).toEqual({ type: 'ack', number: 7 });
    expect(new Memory(directory, log).recall().table).toEqual(table);
  });

  test('is closed to other users', async () => {
    expect(statSync(await serve()).mode & 0o777).toBe(0o600);
  });

  test.each([
    [
      { number: 1, listeners: [], groups: [{ key: 'g', targets: [{ address: 'evil.test', port: 80 }] }] },
      'evil.test:80 is no address',
    ],
    [
      { number: 1, listeners: [{ ...httpListener([]), address: '0.0.0.0' }], groups: [] },
      'not a loopback address',
    ],
    [{ number: 1, listeners: [{ ...httpListener([]), port: -1 }], groups: [] }, '-1 is no port'],
    [{ number: 1.5, listeners: [], groups: [] }, 'has no number'],
    [{ number: 1 }, 'lists no listeners or groups'],
    [null, 'is no object'],
  ])('refuses a table that makes no sense: %#', async (table, sentence) => {
    const heard = await tell(await serve(), [{ type: 'table', table }], 5);
    expect(heard.at(-1)).toMatchObject({ type: 'ack', rejected: expect.stringContaining(sentence) });
    expect(world.balancer.number).toBe(0);
  });

  test('closes on who speaks no JSON, and goes on for others', async () => {
    const path = await serve();
    await tell(path, ['what?'], 99);
    expect((await tell(path, [], 1))[0]).toMatchObject({ type: 'hello' });
  });

  test('is opened by one balancer only, and again after one that was killed', async () => {
    const path = await serve();
    await expect(serve()).rejects.toThrow('another balancer serves');
    control!.close();
    writeFileSync(path, '');
    await serve();
    const socket = connect(path);
    await once(socket, 'connect');
    socket.destroy();
  });
});

describe('where the side door is', () => {
  test('a short directory has it inside', () => {
    expect(socketPath('/state/balancer', 'balancer.sock')).toBe('/state/balancer/balancer.sock');
  });

  test('a directory too long for a socket has it in a folder of this user, a different one for each directory', () => {
    const long = (end: string) => socketPath(join(directory, 'a'.repeat(100), end), 'balancer.sock');
    expect(long('x').length).toBeLessThan(100);
    expect(long('x')).not.toBe(long('y'));
    expect(long('x')).toBe(long('x'));
  });
});

test('files that cannot be read count as missing, and the log says so', () => {
  mkdirSync(join(directory, 'health.json'));
  writeFileSync(join(directory, 'table.json'), '{"number":');
  expect(new Memory(directory, log).recall()).toEqual({ health: {}, ports: {} });
  expect(lines).toHaveLength(2);
});
