import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { ProcessFiles } from './process-files.ts';

let state: string;
let files: ProcessFiles;

beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'slipway-process-files-'));
  files = new ProcessFiles(state);
  files.prepare();
});
afterEach(() => rmSync(state, { recursive: true, force: true }));

const bootId = (): string => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
const ownStat = (): string => readFileSync('/proc/self/stat', 'utf8').trim();
const claim = (text: string): void => {
  files.intend('a');
  writeFileSync(join(files.run('a'), 'claim'), text);
};

const onLinux = process.platform === 'linux' ? test : test.skip;

onLinux('a process is recognised by pid, boot and start time', () => {
  claim(`${process.pid}\n${bootId()}\n${ownStat()}\n`);
  expect(files.status('a')).toEqual({ state: 'running', pid: process.pid });
});

onLinux('a pid that another process carries now is not taken for ours and never signalled', () => {
  claim(`${process.pid}\n${bootId()}\n${ownStat().replace(/^(.*\) .( \S+){18}) \d+/, '$1 1')}\n`);
  expect(files.status('a')).toEqual({ state: 'exited' });
  expect(files.signal('a', 'SIGKILL')).toBe(false);
});

onLinux('after a reboot nothing runs, whatever the numbers say', () => {
  claim(`${process.pid}\n00000000-0000-0000-0000-000000000000\n${ownStat()}\n`);
  expect(files.status('a')).toEqual({ state: 'exited' });
});

test('a claim that is not complete yet is unknown, not dead', () => {
  claim('12');
  expect(files.status('a')).toEqual({ state: 'unknown' });
});

test('an id that was given up is never started by a shim that comes late', () => {
  files.intend('a');
  expect(files.giveUp('a')).toBe(true);
  expect(files.giveUp('a')).toBe(false);
  expect(files.status('a')).toEqual({ state: 'exited' });
});
