import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Context } from '../../core/context.ts';
import { openTestContext } from '../../core/test-context.ts';
import { createLogs, type Logs } from './index.ts';

let state: string;
let context: Context;
let logs: Logs;
let file: string;

beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'slipway-follower-'));
  context = openTestContext({ state });
  logs = createLogs(context);
  file = logs.streams.file('/slipway/staging/news', 'news/news/1');
});
afterEach(() => {
  context.store.close();
  rmSync(state, { recursive: true, force: true });
});

async function read(word = 'metric'): Promise<string[]> {
  const lines: string[] = [];
  await logs.newLines(word, line => lines.push(line));
  return lines;
}

test('lines with a word are handed over once, from every stream', async () => {
  appendFileSync(file, 'a metric\nanother line\nmetric and metric\n');
  appendFileSync(logs.streams.file('/slipway/staging/blog', 'blog/blog/1'), 'metric of blog\n');
  expect((await read()).sort()).toEqual(['a metric', 'metric and metric', 'metric of blog']);
  expect(await read()).toEqual([]);
  appendFileSync(file, 'no\nmetric again\n');
  expect(await read()).toEqual(['metric again']);
});

test('a line without an end is handed over when it has one', async () => {
  appendFileSync(file, 'metric 1\nmetr');
  expect(await read()).toEqual(['metric 1']);
  appendFileSync(file, 'ic 2');
  expect(await read()).toEqual([]);
  appendFileSync(file, '\n');
  expect(await read()).toEqual(['metric 2']);
});

test('lines across the windows of reading are whole, and one that is too long is passed over', async () => {
  const long = `metric ${'ä'.repeat(300_000)}`;
  appendFileSync(file, `${long}\n${long}\n${'x'.repeat(3 * 1024 * 1024)} metric\nmetric after\n`);
  const lines = await read();
  expect(lines.slice(0, 2).map(line => line === long)).toEqual([true, true]);
  expect(lines.at(-1)).toBe('metric after');
});

test('a new engine reads what was written before it', async () => {
  appendFileSync(file, 'metric 1\n');
  await read();
  logs = createLogs(context);
  expect(await read()).toEqual(['metric 1']);
});
