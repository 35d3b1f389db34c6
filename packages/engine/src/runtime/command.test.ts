import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type CommandRequest, resolveCommand } from './command.ts';

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'slipway-command-'));
  mkdirSync(join(root, 'app'));
  writeFileSync(join(root, 'app/main.js'), '');
});
afterAll(() => rmSync(root, { recursive: true }));

const resolve = (request: Partial<CommandRequest>) =>
  resolveCommand({ config: {}, root, workingDirectory: '/app', node: '/engine/node', ...request });

test("node is the engine's, and paths of the image are mapped into its root", () => {
  const expected = ['/engine/node', '--enable-source-maps', `${root}/app/main.js`, '/absent'];
  const command = ['node', '--enable-source-maps', '/app/main.js', '/absent'];
  expect(resolve({ config: { Cmd: command } })).toEqual(expected);
  expect(resolve({ command: ['/usr/local/bin/node', ...command.slice(1)] })).toEqual(expected);
  expect(resolve({ command: ['node', '/app/../../../app/main.js'] })[1]).toBe(`${root}/app/main.js`);
  expect(resolve({ command: ['node', '--import=/app/main.js'] })[1]).toBe(`--import=${root}/app/main.js`);
});

test("an entry point that is given drops the image's CMD; a command alone keeps its ENTRYPOINT", () => {
  const config = { Entrypoint: ['node'], Cmd: ['main.js'] };
  expect(resolve({ config })).toEqual(['/engine/node', 'main.js']);
  expect(resolve({ config, command: ['other.js'] })).toEqual(['/engine/node', 'other.js']);
  expect(resolve({ config, entryPoint: ['node', '-v'] })).toEqual(['/engine/node', '-v']);
});

test("the official Node image's entry point does what its script does", () => {
  const config = { Entrypoint: ['docker-entrypoint.sh'], Cmd: ['node'] };
  expect(resolve({ config, command: ['node', 'main.js'] })).toEqual(['/engine/node', 'main.js']);
  expect(resolve({ config, command: ['main.js'] })).toEqual(['/engine/node', 'main.js']);
  expect(resolve({ config, command: ['-e', '1'] })).toEqual(['/engine/node', '-e', '1']);
});

test('any other program is refused in a sentence that says what to do', () => {
  for (const program of ['/bin/sh', 'nginx', '/app/main.js', './node', '/tmp/node']) {
    expect(() => resolve({ command: [program] })).toThrow(/runs Node programs only.*--runtime docker/);
  }
  expect(() => resolve({})).toThrow(/names a command/);
});
